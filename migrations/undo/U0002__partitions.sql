-- Undoes V0002__partitions.sql: no row is lost.
drop function ${schema}.drop_partition(text, date);
drop function ${schema}.create_partition(text, date);
