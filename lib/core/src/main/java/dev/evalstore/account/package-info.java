/** Users, their passwords and their API keys. */
@NullMarked
package dev.evalstore.account;

import org.jspecify.annotations.NullMarked;
