package dev.evalstore.spring;

import dev.evalstore.Json;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobHandler;
import dev.evalstore.job.JobRunner;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedBean;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedMethod;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.ResolvableType;

/** The handlers of jobs among the beans. */
final class JobHandlers {
    private final AnnotatedBeans beans;

    /** Who runs a type. */
    private final Map<String, Object> taken = new HashMap<>();

    JobHandlers(AnnotatedBeans beans) {
        this.beans = beans;
    }

    /** Adds those of the service, and tells whether there is any. */
    boolean addTo(JobRunner.Builder runner) {
        List<AnnotatedBean<EvalstoreHandler>> handlers = beans.beans(EvalstoreHandler.class);
        handlers.forEach(bean -> add(runner, bean));
        List<AnnotatedMethod<EvalstoreHandler>> methods = beans.methods(EvalstoreHandler.class);
        methods.forEach(method -> add(runner, method));
        return !handlers.isEmpty() || !methods.isEmpty();
    }

    private void add(JobRunner.Builder runner, AnnotatedBean<EvalstoreHandler> bean) {
        ResolvableType payload = bean.as(JobHandler.class).getGeneric(0);
        if (payload.resolve() == null) {
            throw new IllegalStateException(
                    "bean " + bean.name()
                            + " does not tell the payload's class: declare it as JobHandler<Payload>, or as a class that is one");
        }
        String type = bean.annotation().value();
        take(type, bean);
        JobHandler<Object> current = context -> {
            // Its own declaration says so.
            @SuppressWarnings("unchecked")
            JobHandler<Object> handler = bean.get(JobHandler.class);
            return handler.run(context);
        };
        runner.handleGeneric(type, GenericTypes.of(payload), current);
    }

    private void add(JobRunner.Builder runner, AnnotatedMethod<EvalstoreHandler> method) {
        method.requireCallable();
        Type payload = payload(method);
        String type = method.annotation().value();
        take(type, method);
        JobHandler<Object> calling =
                context -> method.call(parameter -> isContext(parameter) ? context : context.payload());
        runner.handleGeneric(type, payload, calling);
    }

    private void take(String type, Object by) {
        if (type.isBlank()) {
            throw new IllegalStateException("@EvalstoreHandler without a type: " + by);
        }
        Object other = taken.putIfAbsent(type, by);
        if (other != null) {
            throw new IllegalStateException("two handlers of type " + type + ": " + other + "; " + by);
        }
    }

    /** That of the payload's parameter, or of the context's; the document as it is where no parameter tells. */
    private static Type payload(AnnotatedMethod<EvalstoreHandler> method) {
        Type payload = null;
        Type ofContext = null;
        boolean hasContext = false;
        for (ResolvableType parameter : method.parameters()) {
            if (isContext(parameter)) {
                if (hasContext) {
                    throw method.refused("more than one context");
                }
                hasContext = true;
                ResolvableType content = parameter.as(JobContext.class).getGeneric(0);
                ofContext = content.resolve() == null ? null : GenericTypes.of(content);
            } else if (payload != null) {
                throw method.refused("more than one payload");
            } else {
                if (parameter.resolve() == null) {
                    throw method.refused("the payload's class cannot be told from " + parameter.getType());
                }
                payload = GenericTypes.of(parameter);
            }
        }
        if (payload != null && ofContext != null && !payload.equals(ofContext)) {
            throw method.refused("the context has another payload");
        }
        return payload != null ? payload : ofContext != null ? ofContext : Json.class;
    }

    private static boolean isContext(ResolvableType parameter) {
        return parameter.toClass() == JobContext.class;
    }
}
