package dev.evalstore.search;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.EcmaNumbers;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** What a field is compared with. {@code toString} is its text in the language. */
public sealed interface Literal {
    /** A text, also an empty one; of an id, its text. At most {@link Condition#MAX_LENGTH} characters. */
    record Text(String value) implements Literal {
        public Text {
            Check.content("value", value);
            Check.range("value's length", value.length(), 0, Condition.MAX_LENGTH);
        }

        /** The id that the text is, with or without hyphens, in any case; empty if it is none. */
        public Optional<UUID> id() {
            return Literals.id(value);
        }

        @Override
        public String toString() {
            return Texts.quoted(value);
        }
    }

    /**
     * A number, exact as it was written. Doubles are compared with the {@linkplain #asDouble nearest double}, decimals and
     * whole numbers with the number itself.
     */
    record Number(BigDecimal value) implements Literal {
        public Number {
            Literals.checkNumber(value);
        }

        public static Number of(double value) {
            Check.finiteOrNull("value", value);
            return new Number(new BigDecimal(EcmaNumbers.text(value)));
        }

        /** The nearest double, which is finite. */
        public double asDouble() {
            return value.doubleValue();
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }

    /** A time of the years 1 to 9999, cut to microseconds, as the server stores times. */
    record Time(Instant value) implements Literal {
        public Time {
            value = Check.time("value", value).truncatedTo(ChronoUnit.MICROS);
        }

        @Override
        public String toString() {
            return Texts.quoted(value.toString());
        }
    }

    /** The server's time when the statement begins, and so much later; earlier where it is negative. To the millisecond. */
    record Now(Duration offset) implements Literal {
        public Now {
            Objects.requireNonNull(offset, "offset");
            if (offset.compareTo(Check.MAX_PERIOD) > 0 || offset.compareTo(Check.MAX_PERIOD.negated()) < 0) {
                throw new IllegalArgumentException(
                        "offset must be at most " + Check.MAX_PERIOD.toDays() + " days in either direction");
            }
            offset = offset.truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public String toString() {
            return Texts.of(this);
        }
    }

    /**
     * A time as MLflow has them: milliseconds since 1970. A field is compared as the millisecond that it falls into, so
     * {@code =} holds for all of one millisecond, and {@code >} from the next one on.
     */
    record EpochMillis(long value) implements Literal {
        public EpochMillis {
            Check.time("value", Literals.ofMillis(value));
        }

        /** When the millisecond begins. */
        public Instant start() {
            return Instant.ofEpochMilli(value);
        }

        @Override
        public String toString() {
            return Long.toString(value);
        }
    }
}
