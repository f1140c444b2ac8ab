/** The rule about members of organizations that users and organizations share. */
@NullMarked
package dev.evalstore.internal.organization;

import org.jspecify.annotations.NullMarked;
