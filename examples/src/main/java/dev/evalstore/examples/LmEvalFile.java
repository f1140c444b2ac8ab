package dev.evalstore.examples;

import dev.evalstore.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One result file of lm-evaluation-harness, 0.3 or 0.4: {@code results} (task, then metric and its standard error), {@code versions},
 * {@code config}, and in 0.4 {@code n-shot}. In 0.4 a metric's name is followed by the filter of the answers, as in
 * {@code exact_match,strict-match}; the filter {@code none} is left out here, so that both versions call an accuracy {@code acc}.
 *
 * @param fileName its name, without the folder
 * @param sha256 of its bytes: the same file imported again is known by it, a run repeated is not taken for it
 * @param provider who made the model: what is before the slash in {@code pretrained=}; {@code local} for a path
 * @param model the model: what is after the slash, or the whole path
 * @param revision the model's revision, {@code main} unless given
 * @param shots how many examples the prompts held; the most of any task
 * @param tasks how many tasks there are
 * @param metrics each task's metrics
 * @param results everything else: digest, revision, shots, tasks, versions and the harness's settings
 */
record LmEvalFile(
        String fileName,
        String sha256,
        String provider,
        String model,
        String revision,
        int shots,
        int tasks,
        Json metrics,
        Json results) {
    /** Python writes NaN and Infinity as bare words; they are read so that the message can say where one stands. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** What stands for a number that there is none of. */
    private static final String NONE = "N/A";

    private static final int LONG = 60;

    /** Why a file cannot be imported, in words for its owner. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /** The files {@code *.json} of the folder, and of the folders in it, where 0.4 puts them: one for each model. */
    static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> found = Files.find(
                folder, 2, (file, is) -> is.isRegularFile() && file.toString().endsWith(".json"))) {
            return found.sorted().toList();
        }
    }

    /**
     * Reads a file.
     *
     * @throws Broken if it cannot be read, is not JSON, or is not such a file
     */
    static LmEvalFile read(Path file) throws Broken {
        try {
            byte[] bytes = Files.readAllBytes(file);
            JsonNode root = MAPPER.readTree(bytes);
            if (root.isMissingNode()) {
                throw new Broken("is empty");
            }
            return of(String.valueOf(file.getFileName()), sha256(bytes), root);
        } catch (IOException e) {
            throw new Broken("cannot be read: " + e.getMessage());
        } catch (JacksonException e) {
            throw new Broken("is not JSON: " + place(e));
        } catch (RuntimeException e) {
            throw new Broken("holds what cannot be stored: " + e.getMessage());
        }
    }

    private static LmEvalFile of(String fileName, String sha256, JsonNode root) throws Broken {
        JsonNode config = object(root, "config");
        Map<String, String> arguments = arguments(config.path("model_args"));
        String pretrained = model(arguments, root);
        boolean isPath = pretrained.matches("([./~\\\\]|[A-Za-z]:).*") || pretrained.matches(".*/.*/.*");
        int slash = isPath ? -1 : pretrained.indexOf('/');
        String given = arguments.getOrDefault("revision", "");
        String revision = given.isBlank() ? "main" : given;
        Map<String, Map<String, Double>> metrics = metrics(root);
        int shots = shots(root, config, metrics);
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("sha256", sha256);
        results.put("revision", revision);
        results.put("shots", shots);
        results.put("tasks", List.copyOf(metrics.keySet()));
        results.put("versions", MAPPER.treeToValue(root.path("versions"), Object.class));
        results.put("config", MAPPER.treeToValue(config, Object.class));
        return new LmEvalFile(
                fileName,
                sha256,
                isPath ? "local" : slash < 0 ? "unknown" : pretrained.substring(0, slash),
                pretrained.substring(slash + 1),
                revision,
                shots,
                metrics.size(),
                Json.of(metrics),
                Json.of(results));
    }

    /** The parser's complaint without its guesses at what would have been right. */
    private static String place(JacksonException e) {
        String complaint = e.getOriginalMessage();
        int more = complaint.indexOf(':');
        String what = more < 0 ? complaint : complaint.substring(0, more);
        return e.getLocation() == null
                ? what
                : "%s at line %d, column %d"
                        .formatted(
                                what,
                                e.getLocation().getLineNr(),
                                e.getLocation().getColumnNr());
    }

    private static JsonNode object(JsonNode root, String field) throws Broken {
        JsonNode node = root.path(field);
        if (!node.isObject() || node.isEmpty()) {
            throw new Broken("has no " + field);
        }
        return node;
    }

    /** {@code pretrained=} names a model to load, {@code model=} one behind an interface. */
    private static String model(Map<String, String> arguments, JsonNode root) throws Broken {
        String named = arguments.getOrDefault("pretrained", arguments.getOrDefault("model", ""));
        String model = (named.isBlank() ? root.path("model_name").asString("") : named).replaceFirst("(?<=.)/+$", "");
        if (model.isBlank() || model.matches("/.*") && model.substring(1).isBlank()) {
            throw new Broken("names no model: config.model_args has no pretrained=");
        }
        return model;
    }

    private static int shots(JsonNode root, JsonNode config, Map<String, ?> tasks) throws Broken {
        int most = -1;
        for (String task : tasks.keySet()) {
            most = Math.max(most, count(root.path("n-shot").path(task)));
        }
        int shots = Math.max(most, count(config.path("num_fewshot")));
        if (shots < 0) {
            throw new Broken("does not say how many shots: config.num_fewshot is no whole number");
        }
        return shots;
    }

    private static int count(JsonNode node) {
        return node.isInt() ? node.intValue() : -1;
    }

    private static Map<String, Map<String, Double>> metrics(JsonNode root) throws Broken {
        // In 0.4 a metric has a filter, other fields are about the task, and groups of tasks stand among the tasks.
        boolean hasFilters = root.has("n-shot") || root.has("configs");
        Map<String, Map<String, Double>> metrics = new TreeMap<>();
        for (var task : object(root, "results").properties()) {
            if (!task.getValue().isObject()) {
                throw new Broken("has no metrics at results." + task.getKey());
            }
            Map<String, Double> ofTask = new TreeMap<>();
            for (var metric : task.getValue().properties()) {
                String name = metric.getKey();
                JsonNode value = metric.getValue();
                boolean isMetric = !hasFilters || name.indexOf(',') > 0;
                if (isMetric && !value.isNull() && !value.asString("").equals(NONE)) {
                    ofTask.put(name.replaceFirst(",none$", ""), finite(value, task.getKey() + "." + name));
                }
            }
            boolean isGroup = root.path("groups").has(task.getKey());
            if (!isGroup && !(hasFilters && ofTask.isEmpty())) {
                metrics.put(task.getKey(), ofTask);
            }
        }
        if (metrics.isEmpty()) {
            throw new Broken("has no metrics in its results");
        }
        return metrics;
    }

    private static double finite(JsonNode value, String where) throws Broken {
        double number = value.isNumber() ? Double.parseDouble(value.asString()) : Double.NaN;
        if (!Double.isFinite(number)) {
            String text =
                    value.isValueNode() ? value.asString() : value.getNodeType().toString();
            throw new Broken("has no finite number, but "
                    + (text.length() > LONG ? text.substring(0, LONG) + "…" : text) + ", at results." + where);
        }
        return number;
    }

    /** {@code key=value,key=value}, or an object in later versions. */
    private static Map<String, String> arguments(JsonNode given) {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (given.isObject()) {
            given.properties()
                    .forEach(field ->
                            arguments.put(field.getKey(), field.getValue().asString("")));
            return arguments;
        }
        for (String argument : given.asString("").split(",", -1)) {
            int equals = argument.indexOf('=');
            if (equals > 0) {
                arguments.put(
                        argument.substring(0, equals).strip(),
                        argument.substring(equals + 1).strip());
            }
        }
        return arguments;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
