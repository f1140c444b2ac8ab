/**
 * What a recovery of the server would lose, named points to recover to, and PostgreSQL's own tools: a report, restore
 * points, and builders for pg_dump, pg_restore, pg_basebackup and pg_combinebackup.
 */
@NullMarked
package dev.evalstore.recovery;

import org.jspecify.annotations.NullMarked;
