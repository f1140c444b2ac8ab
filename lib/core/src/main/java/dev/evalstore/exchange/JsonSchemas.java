package dev.evalstore.exchange;

import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.DefaultDialectRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.regex.RegularExpression;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.Recent;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/**
 * JSON Schema by the validator of networknt, an optional dependency that this class alone names. Nothing is loaded from
 * the network or the class path but the drafts of json-schema.org that the validator has with it.
 */
final class JsonSchemas {
    private static final Duration PATTERN_LIMIT = Duration.ofSeconds(1);
    private static final Duration TRIAL_LIMIT = Duration.ofSeconds(5);
    private static final int MAX_PATH = 200;

    private static final Pattern DRAFTS = Pattern.compile(
            "https?://json-schema\\.org/(draft-0[467]/schema|draft/20(19-09|20-12)/(schema|meta/[a-z-]+))#?");

    /** Any other key of a document may be data and no name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_$]{0,64}");

    /** Compiling takes longer than checking, and the cases of a version often have one schema. Those not in use, by text. */
    private static final Recent<String, Queue<Compiled>> IDLE = new Recent<>(20);

    /** Longer ones are compiled each time, so that the cache stays small. */
    private static final int MAX_CACHED = 20_000;

    /** The validator's own would log a keyword that it does not know, and keep it for good. */
    private static final List<Dialect> DIALECTS = Stream.of(
                    Dialects.getDraft4(),
                    Dialects.getDraft6(),
                    Dialects.getDraft7(),
                    Dialects.getDraft201909(),
                    Dialects.getDraft202012())
            .map(dialect -> Dialect.builder(dialect)
                    .keyword(new UniqueItems())
                    .unknownKeywordFactory((keyword, context) -> new AnnotationKeyword(keyword))
                    .build())
            .toList();

    /** Longer ones would take seconds to compare, in one step of the validator. */
    private static final int MAX_DIGITS = 1_000;

    /** Takes every other document that {@link dev.evalstore.Json} takes. */
    private static final JsonMapper READER = new JsonMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonCodec.MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(MAX_DIGITS)
                    .build())
            .build());

    /** For the drafts themselves. */
    private static final SchemaRegistry REGISTRY = registry(() -> Deadline.in(PATTERN_LIMIT));

    private JsonSchemas() {}

    private static SchemaRegistry registry(Supplier<Deadline> limit) {
        return SchemaRegistry.withDefaultDialectId(
                Dialects.getDraft202012().getId(),
                builder -> builder.schemaLoader(loader -> loader.allow(JsonSchemas::isStandard))
                        .dialectRegistry(new DefaultDialectRegistry(DIALECTS))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(expression -> pattern(expression, limit))
                                .locale(Locale.ROOT)
                                .build()));
    }

    /** @throws IllegalArgumentException naming the field, if it is not a JSON Schema that stands alone */
    static OutputRules.Demand demand(String field, String text) {
        Queue<Compiled> idle = text.length() <= MAX_CACHED
                ? IDLE.get(text, any -> new ConcurrentLinkedQueue<>())
                : new ConcurrentLinkedQueue<>();
        if (idle.isEmpty()) {
            idle.add(compiled(field, text));
        }
        return (output, deadline) -> {
            Compiled taken = idle.poll();
            Compiled schema = taken == null ? compiled(field, text) : taken;
            try {
                return failure(schema, output, deadline);
            } finally {
                idle.add(schema);
            }
        };
    }

    private static Compiled compiled(String field, String text) {
        try {
            // First by the rules of its draft, since the validator ignores what it does not understand.
            Schema draft = REGISTRY.getSchema(
                    SchemaLocation.of(REGISTRY.getDialect(draft(text)).getId()));
            JsonNode tree = READER.readTree(text);
            List<Error> errors = draft.validate(tree, OutputFormat.DEFAULT, context -> {
                context.executionConfig(config -> config.formatAssertionsEnabled(true));
                context.setFailFast(true);
            });
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(field + " is not a JSON Schema, " + place(errors));
            }
            Compiled schema = new Compiled(tree);
            if (!isCheckable(schema)) {
                throw new IllegalArgumentException(
                        field + " refers to itself without end, or to nowhere, whatever the output is");
            }
            return schema;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(field + " has a number of more than 1,000 digits, or one too large");
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(field + " nests too deep for a JSON Schema");
        } catch (SchemaException e) {
            throw new IllegalArgumentException(
                    field + " refers to a draft or a schema that is not in it, or is no draft of JSON Schema");
        }
    }

    private static String draft(String text) {
        return JsonCodec.exact(text) instanceof Map<?, ?> schema && schema.get("$schema") instanceof String draft
                ? draft
                : Dialects.getDraft202012().getId();
    }

    private static boolean isStandard(AbsoluteIri iri) {
        return DRAFTS.matcher(iri.toString()).matches();
    }

    /** Whether there is any kind of output that it can be checked on. */
    private static boolean isCheckable(Compiled schema) {
        Deadline deadline = Deadline.in(TRIAL_LIMIT);
        return Stream.of("{}", "[]", "\"\"", "0", "true", "null").anyMatch(output -> {
            try {
                errors(schema, output, deadline);
                return true;
            } catch (Stopped | OutputCheckException e) {
                return true;
            } catch (SchemaException | StackOverflowError e) {
                return false;
            }
        });
    }

    private static @Nullable String failure(Compiled schema, String output, Deadline deadline) {
        try {
            List<Error> errors = errors(schema, output, deadline);
            return errors.isEmpty() ? null : "it does not fit the JSON Schema, " + place(errors);
        } catch (Stopped e) {
            throw e.reason;
        } catch (SchemaException e) {
            throw new OutputCheckException("a reference of the JSON Schema leads nowhere");
        } catch (JacksonException e) {
            throw new OutputCheckException(
                    "the output has a number of more than 1,000 digits, which no JSON Schema is checked on");
        }
    }

    private static List<Error> errors(Compiled compiled, String output, Deadline deadline) {
        compiled.running = deadline;
        Schema schema = compiled.schema;
        ExecutionContext context = new Watched(schema.createExecutionContext().getExecutionConfig(), deadline);
        return schema.validate(context, READER.readTree(output), OutputFormat.DEFAULT, one -> one.setFailFast(true));
    }

    /** Where in the document, and by which keyword. A key may be as long as the output. */
    private static String place(List<Error> errors) {
        Error first = errors.get(0);
        StringBuilder path = new StringBuilder();
        for (NodePath one = first.getInstanceLocation(); one != null; one = one.getParent()) {
            Object step = one.getElement(-1);
            if (step != null) {
                String name = step.toString();
                path.insert(0, "/" + (NAME.matcher(name).matches() ? name : "*"));
            }
        }
        String shown = path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "…" : path.toString();
        return "at " + (shown.isEmpty() ? "its root" : shown) + ": " + first.getKeyword();
    }

    private static RegularExpression pattern(String expression, Supplier<Deadline> limit) {
        TextPattern pattern = TextPattern.of("pattern", expression);
        return text -> {
            try {
                return pattern.isIn(text, limit.get());
            } catch (OutputCheckException e) {
                throw new Stopped(e);
            }
        };
    }

    /**
     * A schema for one check at a time. A step of the validator may match many patterns, and knows no check: so the
     * schema does, and the time of its patterns is that of the whole check.
     */
    private static final class Compiled {
        private Deadline running = Deadline.in(PATTERN_LIMIT);
        private final Schema schema;

        Compiled(JsonNode tree) {
            schema = registry(() -> running).getSchema(tree);
            schema.initializeValidators();
        }
    }

    /** Looks at the clock at each step: schemas that refer to others may take exponential time. */
    private static final class Watched extends ExecutionContext {
        private final Deadline deadline;

        Watched(ExecutionConfig config, Deadline deadline) {
            super(config);
            this.deadline = deadline;
        }

        @Override
        public List<Error> getErrors() {
            deadline.check();
            return super.getErrors();
        }
    }

    /** The validator's own compares each item with all of the same hash code, in one step: quadratic, if these are many. */
    private static final class UniqueItems extends AbstractKeyword {
        UniqueItems() {
            super(KeywordType.UNIQUE_ITEMS.getValue());
        }

        @Override
        public KeywordValidator newValidator(
                SchemaLocation location, JsonNode value, Schema parent, SchemaContext context) {
            return new BaseKeywordValidator(KeywordType.UNIQUE_ITEMS, value, location, parent, context) {
                @Override
                public void validate(ExecutionContext execution, JsonNode node, JsonNode root, NodePath at) {
                    Set<String> known = new HashSet<>();
                    for (JsonNode item : value.booleanValue(false) && node.isArray() ? node : List.<JsonNode>of()) {
                        execution.getErrors(); // Looks at the clock.
                        StringBuilder form = new StringBuilder();
                        write(item, form);
                        if (!known.add(form.toString())) {
                            execution.addError(error().instanceNode(node)
                                    .instanceLocation(at)
                                    .build());
                        }
                    }
                }
            };
        }

        /** Equal texts for equal items: numbers by value, objects in any order. Texts of one hash code have an order. */
        private static void write(JsonNode node, StringBuilder to) {
            if (node.isNumber() && !(node.isDouble() && Double.isInfinite(node.doubleValue()))) {
                to.append(node.decimalValue().stripTrailingZeros());
            } else if (node.isArray()) {
                to.append('[');
                for (JsonNode item : node) {
                    write(item, to);
                    to.append(',');
                }
                to.append(']');
            } else if (node.isObject()) {
                to.append('{');
                for (String name : new TreeSet<>(node.propertyNames())) {
                    to.append(StringNode.valueOf(name)).append(':');
                    write(node.get(name), to);
                    to.append(',');
                }
                to.append('}');
            } else {
                to.append(node);
            }
        }
    }

    /** The validator logs other exceptions of a pattern, with the pattern. */
    private static final class Stopped extends SchemaException {
        private static final long serialVersionUID = 1L;

        private final transient OutputCheckException reason;

        Stopped(OutputCheckException reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
