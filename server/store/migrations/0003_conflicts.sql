CREATE TABLE "beside" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"record" uuid NOT NULL,
	"field" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "settles" text;--> statement-breakpoint
ALTER TABLE "changes" ADD COLUMN "mark" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "at" bigint;--> statement-breakpoint
UPDATE "fields" SET "at" = "seq";--> statement-breakpoint
ALTER TABLE "fields" ALTER COLUMN "at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "past" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "beside" ADD CONSTRAINT "beside_seq_changes_seq_fk" FOREIGN KEY ("seq") REFERENCES "public"."changes"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "beside" ADD CONSTRAINT "beside_record_records_id_fk" FOREIGN KEY ("record") REFERENCES "public"."records"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "beside_record_field_index" ON "beside" USING btree ("record","field");--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_at_unique" UNIQUE("at");