package dev.evalstore.spring;

import dev.evalstore.DatabaseOptions;

/** Sets what no property sets, such as a listener or a JSON mapping. Beans of this type are called in their order. */
@FunctionalInterface
public interface DatabaseOptionsCustomizer {
    /** Returns the options with its changes, before the {@code Database} is made. */
    DatabaseOptions customize(DatabaseOptions options);
}
