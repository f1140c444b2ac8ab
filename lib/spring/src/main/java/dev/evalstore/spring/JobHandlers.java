package dev.evalstore.spring;

import dev.evalstore.Json;
import dev.evalstore.job.JobContext;
import dev.evalstore.job.JobHandler;
import dev.evalstore.job.JobRunner;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedBean;
import dev.evalstore.spring.AnnotatedBeans.AnnotatedMethod;
import java.util.List;
import org.springframework.core.ResolvableType;

/** The handlers of jobs among the beans. */
final class JobHandlers {
    private final AnnotatedBeans beans;

    JobHandlers(AnnotatedBeans beans) {
        this.beans = beans;
    }

    /** @return whether there is any */
    boolean addTo(JobRunner.Builder runner) {
        List<AnnotatedBean<EvalstoreHandler>> handlers = beans.beans(EvalstoreHandler.class);
        handlers.forEach(bean -> add(runner, bean));
        List<AnnotatedMethod<EvalstoreHandler>> methods = beans.methods(EvalstoreHandler.class);
        methods.forEach(method -> add(runner, method));
        return !handlers.isEmpty() || !methods.isEmpty();
    }

    private static void add(JobRunner.Builder runner, AnnotatedBean<EvalstoreHandler> bean) {
        Class<?> payload = bean.as(JobHandler.class).getGeneric(0).resolve();
        if (payload == null) {
            throw new IllegalStateException(
                    "bean " + bean.name()
                            + " does not tell the payload's class: declare it as JobHandler<Payload>, or as a class that is one");
        }
        handle(runner, bean.annotation().value(), payload, bean);
    }

    private static <P> void handle(
            JobRunner.Builder runner, String type, Class<P> payload, AnnotatedBean<EvalstoreHandler> bean) {
        runner.handle(type, payload, context -> {
            // Its own declaration says so.
            @SuppressWarnings("unchecked")
            JobHandler<P> handler = bean.get(JobHandler.class);
            return handler.run(context);
        });
    }

    private static void add(JobRunner.Builder runner, AnnotatedMethod<EvalstoreHandler> method) {
        handle(runner, method.annotation().value(), payload(method), method);
    }

    private static <P> void handle(
            JobRunner.Builder runner, String type, Class<P> payload, AnnotatedMethod<EvalstoreHandler> method) {
        runner.handle(
                type, payload, context -> method.call(parameter -> isContext(parameter) ? context : context.payload()));
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
                ofContext = parameter.as(JobContext.class).getGeneric(0).resolve();
            } else if (payload != null) {
                throw method.refused("more than one payload");
            } else {
                payload = parameter.toClass();
            }
        }
        if (payload != null && ofContext != null && payload != ofContext) {
            throw method.refused("the context has another payload");
        }
        return payload != null ? payload : ofContext != null ? ofContext : Json.class;
    }

    private static boolean isContext(ResolvableType parameter) {
        return parameter.toClass() == JobContext.class;
    }
}
