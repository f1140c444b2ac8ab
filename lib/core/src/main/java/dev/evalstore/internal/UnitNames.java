package dev.evalstore.internal;

import java.util.Locale;
import java.util.UUID;

/** The names of units: what a cached read shows changes only with the version of its unit, or of everything. */
public final class UnitNames {
    /** All units at once, for changes that are rare and show in many. */
    public static final String EVERYTHING = "everything";

    public static final String HARDWARE = "hardware:list:active";
    public static final String FRAMEWORKS = "frameworks:list:active";
    public static final String USE_CASES = "use_cases:list:active";

    private UnitNames() {}

    /** A model with its versions. */
    public static String model(UUID id) {
        return "model:" + id + ":details";
    }

    public static String modelVersion(UUID id) {
        return "model_version:" + id + ":details";
    }

    /** Of a model version on a machine. */
    public static String results(UUID modelVersion, UUID hardware) {
        return "benchmark:" + modelVersion + ":" + hardware + ":results";
    }

    /** Of a model version. */
    public static String metrics(UUID modelVersion) {
        return "metrics:model:" + modelVersion + ":aggregated";
    }

    public static String rankings(String category, Enum<?> method) {
        return "rec:" + category + ":" + word(method);
    }

    public static String definition(String slug) {
        return "definition:" + slug;
    }

    public static String board(UUID version, Enum<?> board) {
        return "board:" + version + ":" + word(board);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
