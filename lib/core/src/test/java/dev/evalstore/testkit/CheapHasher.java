package dev.evalstore.testkit;

import dev.evalstore.PasswordHasher;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** Hashes nothing, quickly, and counts; {@code strength} is what {@link #needsRehash} goes by. */
public final class CheapHasher implements PasswordHasher {
    public final AtomicInteger verified = new AtomicInteger();
    public volatile int strength = 1;

    @Override
    public String hash(String password) {
        return "$cheap$" + strength + "$"
                + Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean verify(String password, String hash) {
        verified.incrementAndGet();
        return hash.startsWith("$cheap$")
                && hash.substring(hash.lastIndexOf('$') + 1)
                        .equals(Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public boolean needsRehash(String hash) {
        return Integer.parseInt(hash.split("\\$")[2]) < strength;
    }
}
