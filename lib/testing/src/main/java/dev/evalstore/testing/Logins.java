package dev.evalstore.testing;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How a run logs in as each role: by a login of its own that becomes the role at once. The roles themselves may be those of
 * somebody's server, and need no password for a test.
 */
final class Logins {
    private final String prefix;
    private final String password = HexFormat.of().formatHex(random());

    Logins(String prefix) {
        this.prefix = prefix;
    }

    private static byte[] random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    String name(Role role) {
        return prefix + "_" + role.name().toLowerCase(Locale.ROOT);
    }

    List<String> names() {
        return Stream.of(Role.values()).map(this::name).toList();
    }

    String password() {
        return password;
    }

    /** What makes them; the roles are there. */
    String[] statements() {
        return Arrays.stream(Role.values())
                .flatMap(role -> Stream.of(
                        "create role " + name(role) + " login password '" + password + "' in role " + role.user(),
                        "alter role " + name(role) + " set role = '" + role.user() + "'"))
                .toArray(String[]::new);
    }
}
