package dev.evalstore.spring;

import dev.evalstore.Json;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobHandler;
import dev.evalstore.job.JobRunner;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedBean;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedMethod;
import java.util.ArrayList;
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
        Class<?> payload = bean.as(JobHandler.class).getGeneric(0).resolve();
        if (payload == null) {
            throw new IllegalStateException(
                    "bean " + bean.name()
                            + " does not tell the payload's class: declare it as JobHandler<Payload>, or as a class that is one");
        }
        if (!isReadWhole(bean.as(JobHandler.class).getGeneric(0))) {
            throw new IllegalStateException(
                    bean + ": " + typeArguments(bean.as(JobHandler.class).getGeneric(0)));
        }
        handle(runner, bean.annotation().value(), payload, bean);
    }

    private <P> void handle(
            JobRunner.Builder runner, String type, Class<P> payload, AnnotatedBean<EvalstoreHandler> bean) {
        take(type, bean);
        runner.handle(type, payload, context -> {
            // Its own declaration says so.
            @SuppressWarnings("unchecked")
            JobHandler<P> handler = bean.get(JobHandler.class);
            return handler.run(context);
        });
    }

    private void add(JobRunner.Builder runner, AnnotatedMethod<EvalstoreHandler> method) {
        method.requireDoneOnReturn();
        handle(runner, method.annotation().value(), payload(method), method);
    }

    private <P> void handle(
            JobRunner.Builder runner, String type, Class<P> payload, AnnotatedMethod<EvalstoreHandler> method) {
        take(type, method);
        runner.handle(
                type, payload, context -> method.call(parameter -> isContext(parameter) ? context : context.payload()));
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

    /** Whether the class alone says how to read it. */
    private static boolean isReadWhole(ResolvableType type) {
        List<ResolvableType> arguments = new ArrayList<>(List.of(type.getGenerics()));
        if (Map.class.isAssignableFrom(type.toClass())
                && arguments.size() == 2
                && arguments.get(0).resolve() == String.class) {
            arguments.remove(0);
        }
        return arguments.stream().allMatch(argument -> argument.resolve(Object.class) == Object.class);
    }

    private static String typeArguments(ResolvableType type) {
        return "the type arguments of " + type + " would not be read: take a class that holds it, or an array";
    }

    /** That of the payload's parameter, or of the context's; the document as it is where no parameter tells. */
    private static Class<?> payload(AnnotatedMethod<EvalstoreHandler> method) {
        Class<?> payload = null;
        Class<?> ofContext = null;
        boolean hasContext = false;
        for (ResolvableType parameter : method.parameters()) {
            if (isContext(parameter)) {
                if (hasContext) {
                    throw method.refused("more than one context");
                }
                hasContext = true;
                ResolvableType content = parameter.as(JobContext.class).getGeneric(0);
                requireReadWhole(content, method);
                ofContext = content.resolve();
            } else if (payload != null) {
                throw method.refused("more than one payload");
            } else {
                if (parameter.resolve() == null) {
                    throw method.refused("the payload's class cannot be told from " + parameter.getType());
                }
                requireReadWhole(parameter, method);
                payload = parameter.toClass();
            }
        }
        if (payload != null && ofContext != null && payload != ofContext) {
            throw method.refused("the context has another payload");
        }
        return payload != null ? payload : ofContext != null ? ofContext : Json.class;
    }

    private static void requireReadWhole(ResolvableType type, AnnotatedMethod<EvalstoreHandler> method) {
        if (!isReadWhole(type)) {
            throw method.refused(typeArguments(type));
        }
    }

    private static boolean isContext(ResolvableType parameter) {
        return parameter.toClass() == JobContext.class;
    }
}
