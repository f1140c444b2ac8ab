/** Not API: the steps of maintenance, health and statistics. The only internal package above the features. */
@NullMarked
package dev.evalstore.internal.maintenance;

import org.jspecify.annotations.NullMarked;
