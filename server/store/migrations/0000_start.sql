CREATE TABLE "attachments" (
	"sha256" text NOT NULL,
	"owner" text NOT NULL,
	"size" bigint NOT NULL,
	"receivedAt" bigint NOT NULL,
	CONSTRAINT "attachments_sha256_owner_pk" PRIMARY KEY("sha256","owner")
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"record" uuid NOT NULL,
	"field" text NOT NULL,
	"value" text NOT NULL,
	"was" uuid,
	"time" bigint NOT NULL,
	"device" uuid NOT NULL,
	"by" text NOT NULL,
	"place" bigint NOT NULL,
	"sender" text NOT NULL,
	"receivedAt" bigint NOT NULL,
	CONSTRAINT "changes_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "codes" (
	"hash" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"role" text NOT NULL,
	"createdAt" bigint NOT NULL,
	"usedAt" bigint,
	"device" uuid
);
--> statement-breakpoint
CREATE TABLE "epochs" (
	"id" integer PRIMARY KEY NOT NULL,
	"epoch" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fields" (
	"record" uuid NOT NULL,
	"field" text NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "fields_record_field_pk" PRIMARY KEY("record","field"),
	CONSTRAINT "fields_seq_unique" UNIQUE("seq")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"receivedAt" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order" uuid NOT NULL,
	"kind" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"device" uuid NOT NULL,
	"name" text NOT NULL,
	"owner" text NOT NULL,
	"role" text NOT NULL,
	"createdAt" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "changes" ADD CONSTRAINT "changes_record_records_id_fk" FOREIGN KEY ("record") REFERENCES "public"."records"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_record_records_id_fk" FOREIGN KEY ("record") REFERENCES "public"."records"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_seq_changes_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."changes"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "records" ADD CONSTRAINT "records_order_orders_id_fk" FOREIGN KEY ("order") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_code_codes_hash_fk" FOREIGN KEY ("code") REFERENCES "public"."codes"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "changes_attachment_index" ON "changes" USING btree ("value") WHERE field = 'attachment.sha256';--> statement-breakpoint
CREATE INDEX "orders_owner_index" ON "orders" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "orders_receivedAt_index" ON "orders" USING btree ("receivedAt");--> statement-breakpoint
CREATE INDEX "records_order_index" ON "records" USING btree ("order");