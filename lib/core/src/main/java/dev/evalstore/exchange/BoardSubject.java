package dev.evalstore.exchange;

import java.util.Objects;
import java.util.UUID;

/**
 * A model on the boards of a version.
 *
 * @param key of the model's provider, name and version, as {@link ModelSubject} makes it
 */
record BoardSubject(UUID versionId, UUID key) {
    BoardSubject {
        Objects.requireNonNull(versionId, "versionId");
        Objects.requireNonNull(key, "key");
    }
}
