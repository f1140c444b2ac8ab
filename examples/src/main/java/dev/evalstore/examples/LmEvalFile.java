package dev.evalstore.examples;

import dev.evalstore.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
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
 * @param results each task's metrics
 * @param config the harness's own settings
 * @param versions each task's version
 */
record LmEvalFile(
        String fileName,
        String sha256,
        String provider,
        String model,
        String revision,
        int shots,
        Map<String, Map<String, Double>> results,
        Json config,
        Json versions) {
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
            throw new Broken("is not JSON: " + e.getOriginalMessage());
        }
        JsonNode config = object(root, "config");
        Map<String, String> model = arguments(config.path("model_args").asString(""));
        String pretrained = model.get("pretrained");
        if (pretrained == null || pretrained.isBlank()) {
            throw new Broken("names no model: config.model_args has no pretrained=");
        }
        int slash = pretrained.indexOf('/');
        try {
            return new LmEvalFile(
                    String.valueOf(file.getFileName()),
                    sha256(bytes),
                    slash < 0 ? "unknown" : pretrained.substring(0, slash),
                    pretrained.substring(slash + 1),
                    model.getOrDefault("revision", "main"),
                    shots(config),
                    results(object(root, "results")),
                    Json.parse(config.toString()),
                    Json.parse(
                            root.path("versions").isObject()
                                    ? root.path("versions").toString()
                                    : "{}"));
        } catch (IllegalArgumentException e) {
            throw new Broken("holds what cannot be stored: " + e.getMessage());
        }
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

    private static Map<String, Map<String, Double>> results(JsonNode tasks) throws Broken {
        Map<String, Map<String, Double>> results = new TreeMap<>();
        for (var task : tasks.properties()) {
            if (!task.getValue().isObject()) {
                throw new Broken("results." + task.getKey() + " is no object");
            }
            Map<String, Double> metrics = new TreeMap<>();
            for (var metric : task.getValue().properties()) {
                JsonNode value = metric.getValue();
                if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                    throw new Broken(
                            "results." + task.getKey() + "." + metric.getKey() + " is " + value + ", no finite number");
                }
                metrics.put(metric.getKey(), value.doubleValue());
            }
            results.put(task.getKey(), metrics);
        }
        return results;
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

    /** The mean accuracy over the tasks that have one. */
    OptionalDouble meanAccuracy() {
        return results.values().stream()
                .filter(metrics -> metrics.containsKey("acc"))
                .mapToDouble(metrics -> metrics.get("acc"))
                .average();
    }
}
