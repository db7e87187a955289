-- Numbers and hashes what is added to the audit trail; `server/audit/entry.ts` is the same rule. The
-- lock makes the entries of one organisation wait for each other, until the transaction ends.
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  previous record;
BEGIN
  PERFORM pg_advisory_xact_lock(862003, hashtext(NEW."organisation"::text));
  SELECT "number", "hash" INTO previous FROM "audit"
    WHERE "organisation" = NEW."organisation" ORDER BY "number" DESC LIMIT 1;
  NEW."number" := coalesce(previous."number", 0) + 1;
  NEW."hash" := encode(sha256(convert_to(concat_ws(E'\n',
    coalesce(previous."hash", ''), NEW."organisation", NEW."number", NEW."at",
    coalesce(NEW."actor"::text, ''), coalesce(NEW."device"::text, ''), NEW."action", NEW."detail"
  ), 'UTF8')), 'hex');
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_chain BEFORE INSERT ON "audit" FOR EACH ROW EXECUTE FUNCTION audit_chain();
--> statement-breakpoint
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit"
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "changes"
  FOR EACH STATEMENT EXECUTE FUNCTION append_only();
