-- A device that was away brings changes of many orders at once, and those begun together lie together: there is
-- room for a second version of each row of a page.
ALTER TABLE "orders" SET (fillfactor = 40);
