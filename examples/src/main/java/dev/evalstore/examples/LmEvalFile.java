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
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One result file of lm-evaluation-harness 0.3: {@code results} (task, then metric and its standard error), {@code versions}
 * and {@code config}.
 *
 * @param fileName its name, without the folder
 * @param sha256 of its bytes: the same file imported again is known by it, a run repeated is not taken for it
 * @param provider who made the model: what stands before the slash in {@code pretrained=}
 * @param model the model: what stands after it
 * @param revision the model's revision, {@code main} unless given
 * @param shots how many examples stood in the prompt
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
            .build();

    /** Why a file cannot be imported, in words for its owner. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /**
     * Reads a file.
     *
     * @throws Broken if it cannot be read, is not JSON, or is not such a file
     */
    static LmEvalFile read(Path file) throws Broken {
        byte[] bytes;
        JsonNode root;
        try {
            bytes = Files.readAllBytes(file);
            root = MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new Broken("cannot be read: " + e.getMessage());
        } catch (JacksonException e) {
            throw new Broken("is not JSON: " + place(e));
        }
        if (root.isMissingNode()) {
            throw new Broken("is empty");
        }
        try {
            return of(String.valueOf(file.getFileName()), sha256(bytes), root);
        } catch (IllegalArgumentException e) {
            throw new Broken("holds what cannot be stored: " + e.getMessage());
        }
    }

    private static LmEvalFile of(String fileName, String sha256, JsonNode root) throws Broken {
        JsonNode config = object(root, "config");
        Map<String, String> arguments = arguments(config.path("model_args").asString(""));
        String pretrained = arguments.get("pretrained");
        if (pretrained == null || pretrained.isBlank()) {
            throw new Broken("names no model: config.model_args has no pretrained=");
        }
        int slash = pretrained.indexOf('/');
        String revision = arguments.getOrDefault("revision", "main");
        int shots = shots(config);
        Map<String, Map<String, Double>> metrics = metrics(object(root, "results"));
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
                slash < 0 ? "unknown" : pretrained.substring(0, slash),
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
        return "%s at line %d, column %d"
                .formatted(
                        more < 0 ? complaint : complaint.substring(0, more),
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

    private static int shots(JsonNode config) throws Broken {
        JsonNode shots = config.path("num_fewshot");
        if (!shots.isInt() || shots.intValue() < 0) {
            throw new Broken("does not say how many shots: config.num_fewshot is no whole number");
        }
        return shots.intValue();
    }

    private static Map<String, Map<String, Double>> metrics(JsonNode tasks) throws Broken {
        Map<String, Map<String, Double>> metrics = new TreeMap<>();
        for (var task : tasks.properties()) {
            if (!task.getValue().isObject()) {
                throw new Broken("has no metrics at results." + task.getKey());
            }
            Map<String, Double> ofTask = new TreeMap<>();
            for (var metric : task.getValue().properties()) {
                JsonNode value = metric.getValue();
                if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                    throw new Broken("has no finite number, but " + value.asString() + ", at results." + task.getKey()
                            + "." + metric.getKey());
                }
                ofTask.put(metric.getKey(), value.doubleValue());
            }
            metrics.put(task.getKey(), ofTask);
        }
        return metrics;
    }

    /** {@code key=value,key=value}. */
    private static Map<String, String> arguments(String text) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (String argument : text.split(",", -1)) {
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
