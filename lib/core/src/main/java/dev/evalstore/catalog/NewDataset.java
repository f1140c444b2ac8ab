package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A dataset to create; {@link Dataset} describes the fields.
 *
 * @param name not blank, at most 200 characters
 * @param versionLabel not blank, at most 100 characters
 * @param source where it is and what it is about
 * @param size how large it is
 * @param validationSplit from 0 to 1
 * @param metadata an object, or null
 */
public record NewDataset(
        String name,
        String versionLabel,
        DatasetFormat format,
        Source source,
        Size size,
        double validationSplit,
        @Nullable Json metadata) {
    private static final double DEFAULT_SPLIT = 0.2;

    public NewDataset {
        DatasetRules.name(name);
        DatasetRules.versionLabel(versionLabel);
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(size, "size");
        DatasetRules.validationSplit(validationSplit);
        DatasetRules.metadata(metadata);
    }

    /** The version 1.0.0, of which a fifth is held back for validation. */
    public static NewDataset of(String name, DatasetFormat format) {
        return new NewDataset(name, "1.0.0", format, Source.UNKNOWN, Size.UNKNOWN, DEFAULT_SPLIT, null);
    }

    public NewDataset versionLabel(String value) {
        return new NewDataset(name, value, format, source, size, validationSplit, metadata);
    }

    public NewDataset source(Source value) {
        return new NewDataset(name, versionLabel, format, value, size, validationSplit, metadata);
    }

    public NewDataset size(Size value) {
        return new NewDataset(name, versionLabel, format, source, value, validationSplit, metadata);
    }

    public NewDataset validationSplit(double value) {
        return new NewDataset(name, versionLabel, format, source, size, value, metadata);
    }

    public NewDataset metadata(Json value) {
        return new NewDataset(name, versionLabel, format, source, size, validationSplit, value);
    }

    /**
     * Where a dataset is, and what it is about. No text may be blank.
     *
     * @param domain at most 200 characters, or null
     * @param uri at most 2,000 characters, or null
     * @param checksum 64 lower-case hexadecimal digits, or null
     */
    public record Source(
            @Nullable String domain,
            @Nullable String uri,
            @Nullable String checksum) {
        /** Nothing is known. */
        public static final Source UNKNOWN = new Source(null, null, null);

        public Source {
            DatasetRules.domain(domain);
            DatasetRules.uri(uri);
            DatasetRules.checksum(checksum);
        }

        public Source domain(String value) {
            return new Source(value, uri, checksum);
        }

        public Source uri(String value) {
            return new Source(domain, value, checksum);
        }

        public Source checksum(String value) {
            return new Source(domain, uri, value);
        }

        /** The fields that may be logged: not the uri, which may hold a password. */
        @Override
        public String toString() {
            return "Source[checksum=" + checksum + "]";
        }
    }

    /** How many examples there are, and how many bytes their files have; each at least 0, or null when not known. */
    public record Size(@Nullable Long sampleCount, @Nullable Long sizeBytes) {
        /** Nothing is known. */
        public static final Size UNKNOWN = new Size(null, null);

        public Size {
            DatasetRules.count("sampleCount", sampleCount);
            DatasetRules.count("sizeBytes", sizeBytes);
        }
    }
}
