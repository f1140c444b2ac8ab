package dev.evalstore.spring;

import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventContext;
import dev.evalstore.event.EventDispatcher;
import dev.evalstore.event.EventHandler;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedBean;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedMethod;
import java.util.List;
import org.springframework.core.ResolvableType;

/** The handlers of events among the beans. */
final class EventSubscribers {
    private final AnnotatedBeans beans;

    EventSubscribers(AnnotatedBeans beans) {
        this.beans = beans;
    }

    /** Adds those of the service, and tells whether there is any. */
    boolean addTo(EventDispatcher.Builder dispatcher) {
        List<AnnotatedBean<EvalstoreSubscriber>> handlers = beans.beans(EvalstoreSubscriber.class);
        for (AnnotatedBean<EvalstoreSubscriber> bean : handlers) {
            bean.as(EventHandler.class);
            dispatcher.handle(
                    bean.annotation().value(),
                    context -> bean.get(EventHandler.class).handle(context));
        }
        List<AnnotatedMethod<EvalstoreSubscriber>> methods = beans.methods(EvalstoreSubscriber.class);
        for (AnnotatedMethod<EvalstoreSubscriber> method : methods) {
            method.requireCallable();
            List<ResolvableType> parameters = method.parameters();
            boolean isContext = parameters.size() == 1 && parameters.get(0).toClass() == EventContext.class;
            if (!isContext && (parameters.size() != 1 || parameters.get(0).toClass() != DomainEvent.class)) {
                throw method.refused("it must take an EventContext or a DomainEvent, and nothing else");
            }
            dispatcher.handle(
                    method.annotation().value(),
                    context -> method.call(parameter -> isContext ? context : context.event()));
        }
        return !handlers.isEmpty() || !methods.isEmpty();
    }
}
