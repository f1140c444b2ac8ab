package dev.evalstore.reliability;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Repositories;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A method that writes, what must be there before it, and how it is called.
 *
 * @param verb the method, as {@code room.name/parameters}
 * @param variant what is special about this case, or empty
 * @param <C> what the beginning makes and the call needs
 */
record Write<C>(
        String verb,
        String variant,
        Function<Lab, C> before,
        Call<C> call,
        Set<Trait> traits,
        BiConsumer<Database, C> warm) {
    /** What the method's documentation says. */
    enum Trait {
        /** Called again it does it again: to look is better. */
        ADDS,
        /** It works in several commits. */
        IN_PIECES,
        /** It refuses to run, or makes no sense, in a transaction of the caller's. */
        ALONE,
        /** It passes over what is locked, also by a session that was cut off and has not noticed yet, and says how much it did. */
        PASSES_OVER,
        /** It is for the role that owns the tables. */
        OWNER
    }

    /** The call. */
    @FunctionalInterface
    interface Call<C> {
        Object on(Repositories rooms, C found) throws Exception;
    }

    static <C> Write<C> of(String verb, Function<Lab, C> before, Call<C> call) {
        return new Write<>(verb, "", before, call, Set.of(), (db, found) -> {});
    }

    Write<C> like(String other) {
        return new Write<>(verb, other, before, call, traits, warm);
    }

    Write<C> which(Trait first, Trait... more) {
        return new Write<>(verb, variant, before, call, EnumSet.of(first, more), warm);
    }

    /** The same on behalf of an actor. Repeated, it leaves another audit entry, whatever else it does. */
    Write<C> acting() {
        Set<Trait> audited = EnumSet.of(Trait.ADDS);
        audited.addAll(traits);
        String by = variant.isEmpty() ? "by an actor" : variant + ", by an actor";
        return new Write<>(
                verb, by, before, (rooms, found) -> call.on(rooms.actingAs(Actor.SYSTEM), found), audited, warm);
    }

    /** What the same {@code Database} has done before. */
    Write<C> after(BiConsumer<Database, C> earlier) {
        return new Write<>(verb, variant, before, call, traits, earlier);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }

    @Override
    public String toString() {
        return variant.isEmpty() ? verb : verb + ", " + variant;
    }
}
