ALTER TABLE "fields" DROP CONSTRAINT "fields_seq_unique";--> statement-breakpoint
ALTER TABLE "fields" DROP CONSTRAINT "fields_at_unique";--> statement-breakpoint
ALTER TABLE "changes" DROP CONSTRAINT "changes_record_records_id_fk";
--> statement-breakpoint
ALTER TABLE "fields" DROP CONSTRAINT "fields_record_records_id_fk";
--> statement-breakpoint
ALTER TABLE "fields" DROP CONSTRAINT "fields_seq_changes_seq_fk";
--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "others" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
UPDATE "fields" f SET "others" = b."seqs" FROM (
  SELECT "record", "field", json_agg("seq" ORDER BY "seq")::text AS "seqs" FROM "beside" GROUP BY "record", "field"
) b WHERE f."record" = b."record" AND f."field" = b."field";--> statement-breakpoint
DROP TABLE "beside" CASCADE;--> statement-breakpoint
ALTER TABLE "fields" ADD COLUMN "team" uuid;--> statement-breakpoint
UPDATE "fields" f SET "team" = o."team" FROM "records" r JOIN "orders" o ON o."id" = r."order" WHERE r."id" = f."record";--> statement-breakpoint
ALTER TABLE "fields" ALTER COLUMN "team" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "fields" ADD CONSTRAINT "fields_team_at_unique" UNIQUE("team","at");
--> statement-breakpoint
DROP INDEX "orders_branch_receivedAt_index";--> statement-breakpoint
CREATE INDEX "orders_branch_index" ON "orders" USING btree ("branch");--> statement-breakpoint
-- Every push notes when its orders were heard of: with room beside a row, that is no work for an index.
ALTER TABLE "orders" SET (fillfactor = 70);
