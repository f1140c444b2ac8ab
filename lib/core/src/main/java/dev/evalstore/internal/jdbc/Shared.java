package dev.evalstore.internal.jdbc;

import java.util.function.Function;

/**
 * A key under which all repositories of one database and schema share something, made at first use. A key is a constant; two
 * keys are never equal, whatever they hold.
 */
public final class Shared<T> {
    private final Function<Jdbc, T> make;

    private Shared(Function<Jdbc, T> make) {
        this.make = make;
    }

    public static <T> Shared<T> of(Function<Jdbc, T> make) {
        return new Shared<>(make);
    }

    T make(Jdbc jdbc) {
        return make.apply(jdbc);
    }
}
