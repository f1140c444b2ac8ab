package dev.evalstore.internal;

import dev.evalstore.Json;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;

/**
 * The one class that knows Jackson. Its messages name places and types, and never quote the document; nor does it pass
 * on Jackson's exceptions, which do.
 */
public final class JsonCodec {
    /** How deep a document may nest. */
    public static final int MAX_DEPTH = 1_000;

    /** An audit entry wraps a document: as a field of a row, in the changes, as what it was or is. */
    private static final int MAX_INNER_DEPTH = MAX_DEPTH + 10;

    private static final int MAX_PATH = 200;
    private static final String KOTLIN = "tools.jackson.module.kotlin.KotlinModule";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,31}");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_INNER_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Numeric.MAX_LENGTH)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(MAX_INNER_DEPTH)
                    .build())
            // By default NaN would be written and stored as the text "NaN".
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            // So that validation can say where one stands.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addDeserializer(Json.class, new Embedded())
                    .addDeserializer(Object.class, new Untyped())
                    .setSerializerModifier(new WithoutSecrets()))
            .addModules(kotlin())
            .build();

    private JsonCodec() {}

    /**
     * What reads Kotlin's data classes, where the host has it. No other module is looked for: it could change what the
     * library writes of its own types.
     */
    private static List<JacksonModule> kotlin() {
        return ServiceLoader.load(JacksonModule.class, JsonCodec.class.getClassLoader()).stream()
                .filter(module -> module.type().getName().equals(KOTLIN))
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * The value as JSON text.
     *
     * @throws IllegalArgumentException naming the type, and the place in it that cannot be written
     */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (StreamConstraintsException | StackOverflowError e) {
            throw tooDeep("");
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "json: " + value.getClass().getName() + " cannot be written as JSON" + place(e));
        }
    }

    /**
     * The text as a value of the type.
     *
     * @throws IllegalArgumentException naming the type, and the place in the document that does not fit
     */
    public static <T> T read(String text, Class<T> type) {
        return type.cast(read(text, (Type) type));
    }

    /** The same for a type that may have arguments. */
    public static Object read(String text, Type type) {
        try {
            return MAPPER.readValue(text, MAPPER.constructType(type));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "json: the document does not fit " + type.getTypeName() + place(e) + expected(e) + cause(e));
        }
    }

    /** The document as maps, lists, texts, booleans, nulls, and numbers that have kept all their digits. */
    public static @Nullable Object exact(String text) {
        return exact(text, Object.class);
    }

    private static <T> T exact(String text, Class<T> type) {
        try {
            return MAPPER.readerFor(type)
                    .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readValue(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("json: the document cannot be read" + place(e));
        }
    }

    /**
     * The fields that differ between two objects, in the order of their names, each with its old and its new value.
     * Null stands for an object that did not exist, or no longer exists. Numbers are compared by value, as jsonb does.
     *
     * @param ignored fields that are left out
     * @return may nest two levels deeper than its sides, and more than {@link #MAX_DEPTH}
     */
    public static Json difference(@Nullable String before, @Nullable String after, Set<String> ignored) {
        return difference(before, after, ignored, Set.of());
    }

    /**
     * The same, of some fields without their values.
     *
     * @param withheld fields of which only a null is told: {@code {}} where there is a value on both sides
     */
    public static Json difference(
            @Nullable String before, @Nullable String after, Set<String> ignored, Set<String> withheld) {
        ObjectNode from = object(before);
        ObjectNode to = object(after);
        TreeSet<String> names = new TreeSet<>(from.propertyNames());
        names.addAll(to.propertyNames());
        names.removeAll(ignored);
        ObjectNode changes = MAPPER.createObjectNode();
        for (String name : names) {
            JsonNode was = from.get(name);
            JsonNode is = to.get(name);
            if (was == null || is == null || !was.equals(JsonCodec::compare, is)) {
                ObjectNode change = changes.putObject(name);
                boolean isWithheld = withheld.contains(name);
                if (was != null && !(isWithheld && !was.isNull())) {
                    change.set("from", was);
                }
                if (is != null && !(isWithheld && !is.isNull())) {
                    change.set("to", is);
                }
            }
        }
        return StoredJson.of(write(changes));
    }

    private static int compare(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    }

    private static ObjectNode object(@Nullable String text) {
        if (text == null) {
            return MAPPER.createObjectNode();
        }
        if (exact(text, JsonNode.class) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("json: the document is not an object");
    }

    /**
     * Parses the document once without building anything.
     *
     * @throws IllegalArgumentException saying where it cannot be stored, and why
     */
    public static void validate(String text) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new IllegalArgumentException("json: the document is empty");
            }
            int depth = 0;
            boolean ended = false;
            for (JsonToken token = first; token != null; token = parser.nextToken()) {
                if (ended) {
                    throw new IllegalArgumentException("json: more than one document");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                ended = depth == 0;
                if (depth > MAX_DEPTH) {
                    throw tooDeep(place(parser));
                }
                storable(token, parser);
            }
        } catch (JacksonException e) {
            var where = e.getLocation();
            throw new IllegalArgumentException("json: not a JSON document"
                    + (where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")"));
        }
    }

    /** jsonb refuses NUL and half a surrogate pair also where they are written as escapes, and keeps numbers as numeric. */
    private static void storable(JsonToken token, JsonParser parser) {
        if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
            try {
                Check.characters("json", parser.getString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + " of a text" + place(parser));
            }
        } else if (token.isNumeric() && parser.isNaN()) {
            throw new IllegalArgumentException("json: NaN and Infinity are not JSON" + place(parser));
        } else if (token.isNumeric() && !Numeric.holds(parser.getString())) {
            throw new IllegalArgumentException("json: a number has more than the 131,072 digits before the point and"
                    + " 16,383 after it that PostgreSQL's numeric holds" + place(parser));
        }
    }

    private static IllegalArgumentException tooDeep(String where) {
        return new IllegalArgumentException("json: the document nests deeper than 1,000" + where);
    }

    /** Where in the document, or the value, an exception arose. */
    private static String place(RuntimeException e) {
        if (!(e instanceof JacksonException jackson)) {
            return "";
        }
        StringBuilder path = new StringBuilder("$");
        for (JacksonException.Reference step : jackson.getPath()) {
            path.append(step.getPropertyName() == null ? "[" + step.getIndex() + "]" : name(step.getPropertyName()));
        }
        return at(path.toString());
    }

    private static String expected(RuntimeException e) {
        Class<?> type = e instanceof MismatchedInputException mismatch
                ? mismatch.getTargetType()
                : e instanceof InputCoercionException number ? number.getTargetType() : null;
        return type == null ? "" : "; " + type.getName() + " expected";
    }

    /** The class of what the host's own code threw; its text may hold values. */
    private static String cause(RuntimeException e) {
        Throwable cause = e.getCause();
        return cause == null || cause instanceof JacksonException
                ? ""
                : " (" + cause.getClass().getName() + ")";
    }

    /** Where the parser is. */
    private static String place(JsonParser parser) {
        ArrayDeque<String> steps = new ArrayDeque<>();
        for (TokenStreamContext one = parser.streamReadContext(); one != null; one = one.getParent()) {
            if (one.inObject() && one.hasCurrentName()) {
                steps.addFirst(name(one.currentName()));
            } else if (one.inArray() && one.hasCurrentIndex()) {
                steps.addFirst("[" + one.getCurrentIndex() + "]");
            }
        }
        return at("$" + String.join("", steps));
    }

    /** The keys of a map may be data, and no message holds data: only what looks like a field's name is shown. */
    private static String name(String name) {
        return NAME.matcher(name).matches() ? "." + name : ".*";
    }

    private static String at(String path) {
        return " at " + (path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "…" : path);
    }

    /** Reads a document inside another one as what it is, digit by digit. */
    private static final class Embedded extends ValueDeserializer<Json> {
        @Override
        public Json deserialize(JsonParser parser, DeserializationContext context) {
            StringWriter text = new StringWriter();
            try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
                out.copyCurrentStructureExact(parser);
            }
            return StoredJson.of(text.toString());
        }
    }

    /** As Jackson reads it, but for numbers that a double cannot hold: these are {@code BigDecimal}s, and not infinite. */
    private static final class Untyped extends ValueDeserializer<Object> {
        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            return switch (parser.currentToken()) {
                case START_OBJECT -> {
                    Map<String, @Nullable Object> object = new LinkedHashMap<>();
                    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                        parser.nextToken();
                        object.put(name, deserialize(parser, context));
                    }
                    yield object;
                }
                case START_ARRAY -> {
                    List<@Nullable Object> array = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        array.add(deserialize(parser, context));
                    }
                    yield array;
                }
                case VALUE_STRING -> parser.getString();
                case VALUE_NUMBER_INT -> parser.getNumberValue();
                case VALUE_NUMBER_FLOAT -> {
                    boolean isExact = context.isEnabled(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
                    double number = parser.getDoubleValue();
                    yield isExact || Double.isInfinite(number) ? parser.getDecimalValue() : (Object) number;
                }
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                default -> null;
            };
        }
    }

    /** Leaves out what is marked as a {@link Secret}. */
    private static final class WithoutSecrets extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription.Supplier bean, List<BeanPropertyWriter> properties) {
            return properties.stream()
                    .filter(property -> property.getAnnotation(Secret.class) == null)
                    .toList();
        }
    }
}
