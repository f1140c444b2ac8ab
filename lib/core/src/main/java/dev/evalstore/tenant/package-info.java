/** Tenants: a schema each, made, migrated, kept in order and dropped from one place. */
@NullMarked
package dev.evalstore.tenant;

import org.jspecify.annotations.NullMarked;
