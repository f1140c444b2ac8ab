/** Users, their passwords, API keys and one-time tokens. */
@NullMarked
package dev.evalstore.account;

import org.jspecify.annotations.NullMarked;
