package dev.evalstore.search;

import dev.evalstore.internal.Check;
import java.util.List;

/** What a search asks about, sorts by or reads. {@code toString} is its text in the language. */
public sealed interface Field permits Attribute, Field.Metric, Field.Param, Field.Tag {
    /** The maximum of the name of a metric, param or tag, in characters. */
    int MAX_NAME = 250;

    /** What it holds. */
    FieldType type();

    /**
     * The fields that a text names, separated by commas: {@code name, metrics.accuracy, params."learning rate"}.
     *
     * @throws SearchSyntaxException if the text does not fit the language, or names an unknown attribute
     */
    static List<Field> parse(String text) {
        return new Parser("select", text).fields();
    }

    /** The last value of a metric. */
    record Metric(String name) implements Field {
        public Metric {
            Check.text("name", name, 1, MAX_NAME);
        }

        @Override
        public FieldType type() {
            return FieldType.NUMBER;
        }

        @Override
        public String toString() {
            return "metrics." + Texts.key(name);
        }
    }

    /** A param: its text, and its value where it is a number. */
    record Param(String name) implements Field {
        public Param {
            Check.text("name", name, 1, MAX_NAME);
        }

        @Override
        public FieldType type() {
            return FieldType.PARAM;
        }

        @Override
        public String toString() {
            return "params." + Texts.key(name);
        }
    }

    /** A tag. One without a value holds the empty text. */
    record Tag(String name) implements Field {
        public Tag {
            Check.text("name", name, 1, MAX_NAME);
        }

        @Override
        public FieldType type() {
            return FieldType.TEXT;
        }

        @Override
        public String toString() {
            return "tags." + Texts.key(name);
        }
    }
}
