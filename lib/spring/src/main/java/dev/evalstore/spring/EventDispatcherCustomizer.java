package dev.evalstore.spring;

import dev.evalstore.event.EventDispatcher;

/** Sets what no property sets, such as the backoff. Beans of this type are called in their order. */
@FunctionalInterface
public interface EventDispatcherCustomizer {
    /** Changes the dispatcher's description, after properties and handlers, each time before it starts. */
    void customize(EventDispatcher.Builder dispatcher);
}
