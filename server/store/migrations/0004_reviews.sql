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
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_order_orders_id_fk" FOREIGN KEY ("order") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_reviewer_users_id_fk" FOREIGN KEY ("reviewer") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;