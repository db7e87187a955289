CREATE TABLE "devices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"role" text NOT NULL,
	"name" text NOT NULL,
	"enrolledAt" bigint NOT NULL,
	"contactAt" bigint,
	"wipeOrderedAt" bigint,
	"wipedAt" bigint,
	"escrow" text
);
--> statement-breakpoint
CREATE TABLE "office_keys" (
	"publicKey" text PRIMARY KEY NOT NULL,
	"privateKey" text NOT NULL,
	"createdAt" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unlock_codes" (
	"hash" text PRIMARY KEY NOT NULL,
	"device" uuid NOT NULL,
	"createdAt" bigint NOT NULL,
	"usedAt" bigint
);
--> statement-breakpoint
ALTER TABLE "unlock_codes" ADD CONSTRAINT "unlock_codes_device_devices_id_fk" FOREIGN KEY ("device") REFERENCES "public"."devices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "devices_owner_index" ON "devices" USING btree ("owner");--> statement-breakpoint
-- Devices that enrolled before there was this table.
INSERT INTO "devices" ("id", "owner", "role", "name", "enrolledAt") SELECT DISTINCT ON ("device") "device", "owner", "role", "name", "createdAt" FROM "tokens" ORDER BY "device", "createdAt" DESC;
