package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a submission ran. No text may be blank or have more than 1,000 characters.
 *
 * @param platform such as linux, or null
 * @param architecture such as amd64, or null
 * @param containerImage the image by its name, or null
 * @param containerDigest the image by its digest, such as {@code sha256:…}, or null
 * @param runtimeVersions the version of each software, by its name; at most 1,000
 * @param hardware an object: the machine, as the platform shapes it
 */
public record SubmissionEnvironment(
        @Nullable String platform,
        @Nullable String architecture,
        @Nullable String containerImage,
        @Nullable String containerDigest,
        Map<String, String> runtimeVersions,
        Json hardware) {
    /** Nothing is known. */
    public static final SubmissionEnvironment NONE =
            new SubmissionEnvironment(null, null, null, null, Map.of(), Json.EMPTY);

    private static final int MAX_TEXT = 1_000;

    public SubmissionEnvironment {
        Check.textOrNull("platform", platform, MAX_TEXT);
        Check.textOrNull("architecture", architecture, MAX_TEXT);
        Check.textOrNull("containerImage", containerImage, MAX_TEXT);
        Check.textOrNull("containerDigest", containerDigest, MAX_TEXT);
        Map<String, String> versions = new TreeMap<>();
        Objects.requireNonNull(runtimeVersions, "runtimeVersions").forEach((name, version) -> {
            Check.text("runtimeVersions", name, 1, MAX_TEXT);
            versions.put(name, Check.text("runtimeVersions", version, 1, MAX_TEXT));
        });
        Check.range("runtimeVersions size", versions.size(), 0, 1_000);
        runtimeVersions = Map.copyOf(versions);
        SubmissionRules.object("hardware", hardware);
    }

    public SubmissionEnvironment platform(String value) {
        return new SubmissionEnvironment(
                value, architecture, containerImage, containerDigest, runtimeVersions, hardware);
    }

    public SubmissionEnvironment architecture(String value) {
        return new SubmissionEnvironment(platform, value, containerImage, containerDigest, runtimeVersions, hardware);
    }

    public SubmissionEnvironment containerImage(String value) {
        return new SubmissionEnvironment(platform, architecture, value, containerDigest, runtimeVersions, hardware);
    }

    public SubmissionEnvironment containerDigest(String value) {
        return new SubmissionEnvironment(platform, architecture, containerImage, value, runtimeVersions, hardware);
    }

    public SubmissionEnvironment runtimeVersions(Map<String, String> value) {
        return new SubmissionEnvironment(platform, architecture, containerImage, containerDigest, value, hardware);
    }

    public SubmissionEnvironment hardware(Json value) {
        return new SubmissionEnvironment(
                platform, architecture, containerImage, containerDigest, runtimeVersions, value);
    }

    /** The object that {@link Reproducibility#environment()} holds; what is not known is left out. */
    public Json toJson() {
        Map<String, Object> known = new LinkedHashMap<>();
        put(known, "platform", platform);
        put(known, "architecture", architecture);
        put(known, "container_image", containerImage);
        put(known, "container_digest", containerDigest);
        put(known, "runtime_versions", runtimeVersions.isEmpty() ? null : new TreeMap<>(runtimeVersions));
        put(known, "hardware", hardware.equals(Json.EMPTY) ? null : hardware.asMap());
        return Json.of(known, JsonMapping.builtIn());
    }

    private static void put(Map<String, Object> known, String key, @Nullable Object value) {
        if (value != null) {
            known.put(key, value);
        }
    }
}
