-- Until now orders belonged to a name that somebody had typed; from here on they belong to a team.
-- What a trial holds cannot be given one. It starts anew, under another epoch, and the devices send
-- again what they have (sync.md, invariant 8). The office's keys stay: bundles encrypted to them must open.
TRUNCATE "attachments", "fields", "changes", "records", "orders", "tokens", "codes", "unlock_codes", "devices", "epochs";
--> statement-breakpoint
CREATE TABLE "attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"since" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"organisation" uuid NOT NULL,
	"number" bigint NOT NULL,
	"at" bigint NOT NULL,
	"actor" uuid,
	"device" uuid,
	"action" text NOT NULL,
	"detail" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_organisation_number_pk" PRIMARY KEY("organisation","number")
);
--> statement-breakpoint
CREATE TABLE "beside" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"record" uuid NOT NULL,
	"field" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"userId" uuid NOT NULL,
	"accountId" text NOT NULL,
	"providerId" text NOT NULL,
	"password" text,
	"accessToken" text,
	"refreshToken" text,
	"idToken" text,
	"accessTokenExpiresAt" timestamp with time zone,
	"refreshTokenExpiresAt" timestamp with time zone,
	"scope" text,
	"createdAt" timestamp with time zone DEFAULT now() NOT NULL,
	"updatedAt" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"device" uuid NOT NULL,
	"user" uuid NOT NULL,
	"createdAt" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"parent" uuid,
	"offlineDays" integer,
	CONSTRAINT "organisations_parent_name_unique" UNIQUE NULLS NOT DISTINCT("parent","name")
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"order" uuid NOT NULL,
	"round" integer NOT NULL,
	"reviewer" uuid NOT NULL,
	"startedAt" bigint NOT NULL,
	"decidedAt" bigint,
	"decision" text,
	"remarks" text NOT NULL,
	"shown" text NOT NULL,
	"seq" bigint,
	CONSTRAINT "reviews_order_round_pk" PRIMARY KEY("order","round")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"userId" uuid NOT NULL,
	"device" uuid,
	"lastContactAt" bigint,
	"expiresAt" timestamp with time zone NOT NULL,
	"ipAddress" text,
	"userAgent" text,
	"createdAt" timestamp with time zone NOT NULL,
	"updatedAt" timestamp with time zone NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token"),
	CONSTRAINT "sessions_device_unique" UNIQUE("device")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"emailVerified" boolean DEFAULT false NOT NULL,
	"image" text,
	"username" text NOT NULL,
	"role" text NOT NULL,
	"organisation" uuid NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"createdAt" timestamp with time zone DEFAULT now() NOT NULL,
	"updatedAt" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_username_unique" UNIQUE("username")
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expiresAt" timestamp with time zone NOT NULL,
	"createdAt" timestamp with time zone NOT NULL,
	"updatedAt" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tokens" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "tokens" CASCADE;--> statement-breakpoint
DROP INDEX "devices_owner_index";--> statement-breakpoint
DROP INDEX "orders_owner_index";--> statement-breakpoint
DROP INDEX "orders_receivedAt_index";--> statement-breakpoint
ALTER TABLE "attachments" DROP CONSTRAINT "attachments_sha256_owner_pk";--> statement-breakpoint
ALTER TABLE "changes" ALTER COLUMN "sender" SET DATA TYPE uuid USING "sender"::uuid;--> statement-breakpoint
ALTER TABLE "orders" ALTER COLUMN "owner" SET DATA TYPE uuid USING "owner"::uuid;--> statement-breakpoint
ALTER TABLE "attachments" ADD COLUMN "team" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_sha256_team_pk" PRIMARY KEY("sha256","team");--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "settles" text;--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "mark" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "codes" ADD COLUMN "user" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "user" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "organisation" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "at" bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "past" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "team" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "branch" uuid NOT NULL;--> statement-breakpoint
ALTER TABLE "beside" ADD CONSTRAINT "beside_seq_changes_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."changes"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "beside" ADD CONSTRAINT "beside_record_records_id_fk" FOREIGN KEY ("record") REFERENCES "public"."records"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_userId_users_id_fk" FOREIGN KEY ("userId") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_tokens" ADD CONSTRAINT "device_tokens_device_devices_id_fk" FOREIGN KEY ("device") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_tokens" ADD CONSTRAINT "device_tokens_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisations_parent_organisations_id_fk" FOREIGN KEY ("parent") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_order_orders_id_fk" FOREIGN KEY ("order") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_reviewer_users_id_fk" FOREIGN KEY ("reviewer") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_userId_users_id_fk" FOREIGN KEY ("userId") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_device_devices_id_fk" FOREIGN KEY ("device") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_organisation_organisations_id_fk" FOREIGN KEY ("organisation") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "beside_record_field_index" ON "beside" USING btree ("record","field");--> statement-breakpoint
CREATE INDEX "device_tokens_device_index" ON "device_tokens" USING btree ("device");--> statement-breakpoint
CREATE INDEX "sessions_userId_index" ON "sessions" USING btree ("userId");--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_team_organisations_id_fk" FOREIGN KEY ("team") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codes" ADD CONSTRAINT "codes_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "devices" ADD CONSTRAINT "devices_organisation_organisations_id_fk" FOREIGN KEY ("organisation") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_team_organisations_id_fk" FOREIGN KEY ("team") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_branch_organisations_id_fk" FOREIGN KEY ("branch") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_owner_users_id_fk" FOREIGN KEY ("owner") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "orders_team_index" ON "orders" USING btree ("team");--> statement-breakpoint
CREATE INDEX "orders_branch_receivedAt_index" ON "orders" USING btree ("branch","receivedAt");--> statement-breakpoint
ALTER TABLE "attachments" DROP COLUMN "owner";--> statement-breakpoint
ALTER TABLE "codes" DROP COLUMN "owner";--> statement-breakpoint
ALTER TABLE "codes" DROP COLUMN "role";--> statement-breakpoint
ALTER TABLE "devices" DROP COLUMN "owner";--> statement-breakpoint
ALTER TABLE "devices" DROP COLUMN "role";--> statement-breakpoint
ALTER TABLE "devices" DROP COLUMN "contactAt";--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_at_unique" UNIQUE("at");