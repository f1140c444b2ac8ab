package dev.evalstore.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Finds what is annotated among the beans. A bean is asked for with each call, so that its scope and its proxy count. */
final class AnnotatedBeans {
    private static final List<Class<?>> LATER = List.of(Future.class, CompletionStage.class, Flow.Publisher.class);
    private static final String PUBLISHER = "org.reactivestreams.Publisher";

    private final ConfigurableListableBeanFactory factory;

    AnnotatedBeans(ConfigurableListableBeanFactory factory) {
        this.factory = factory;
    }

    /** Beans that are annotated on their class, or where they are made. */
    <A extends Annotation> List<AnnotatedBean<A>> beans(Class<A> annotation) {
        List<AnnotatedBean<A>> found = new ArrayList<>();
        for (String name : names()) {
            A there = factory.findAnnotationOnBean(name, annotation);
            if (there != null) {
                found.add(new AnnotatedBean<>(there, name, type(name), factory));
            }
        }
        return found;
    }

    <A extends Annotation> boolean hasAny(Class<A> annotation) {
        return !beans(annotation).isEmpty() || !methods(annotation).isEmpty();
    }

    /** Methods of beans. */
    <A extends Annotation> List<AnnotatedMethod<A>> methods(Class<A> annotation) {
        List<AnnotatedMethod<A>> found = new ArrayList<>();
        for (String name : names()) {
            Class<?> type = type(name).toClass();
            if (AnnotationUtils.isCandidateClass(type, annotation)) {
                Map<Method, A> there = MethodIntrospector.selectMethods(type, annotated(annotation));
                there.forEach((method, a) -> found.add(new AnnotatedMethod<>(a, name, type, method, factory)));
            }
        }
        return found;
    }

    /** On a method that makes a bean, the annotation is the bean's. */
    private static <A extends Annotation> MethodIntrospector.MetadataLookup<@Nullable A> annotated(
            Class<A> annotation) {
        return method -> AnnotatedElementUtils.hasAnnotation(method, Bean.class)
                ? null
                : AnnotatedElementUtils.findMergedAnnotation(method, annotation);
    }

    /** A proxy of a scope stands for the bean behind it, which is found under another name. */
    private List<String> names() {
        return List.of(factory.getBeanNamesForType(Object.class, true, false)).stream()
                .filter(name -> !ScopedProxyUtils.isScopedTarget(name))
                .toList();
    }

    /** As declared by the method that makes the bean, if one does: it may know more of generics than the class. */
    private ResolvableType type(String name) {
        String target = ScopedProxyUtils.getTargetBeanName(name);
        String behind = factory.containsBeanDefinition(target) ? target : name;
        if (factory.containsBeanDefinition(behind)
                && factory.getMergedBeanDefinition(behind) instanceof RootBeanDefinition definition
                && definition.getFactoryMethodName() != null
                && !definition.getResolvableType().equals(ResolvableType.NONE)) {
            return definition.getResolvableType();
        }
        Class<?> type = AutoProxyUtils.determineTargetClass(factory, behind);
        return ResolvableType.forClass(type == null ? Object.class : type);
    }

    /**
     * An annotated bean.
     *
     * @param type with its generics, as far as they are known
     */
    record AnnotatedBean<A extends Annotation>(
            A annotation, String name, ResolvableType type, ConfigurableListableBeanFactory factory) {
        /** @throws IllegalStateException if the bean is no such thing */
        ResolvableType as(Class<?> required) {
            ResolvableType as = type.as(required);
            if (as.equals(ResolvableType.NONE)) {
                throw new IllegalStateException("bean " + name + " has @"
                        + annotation.annotationType().getSimpleName() + " and is no " + required.getSimpleName());
            }
            return as;
        }

        @Override
        public String toString() {
            return "bean " + name;
        }

        <T> T get(Class<T> required) {
            return factory.getBean(name, required);
        }
    }

    /** An annotated method of a bean. */
    record AnnotatedMethod<A extends Annotation>(
            A annotation, String bean, Class<?> type, Method method, ConfigurableListableBeanFactory factory) {
        /** The types of the parameters, with their generics. */
        List<ResolvableType> parameters() {
            List<ResolvableType> parameters = new ArrayList<>();
            for (int i = 0; i < method.getParameterCount(); i++) {
                parameters.add(ResolvableType.forMethodParameter(method, i, type));
            }
            return parameters;
        }

        /**
         * Calls the method on the bean.
         *
         * @throws Exception what the method throws, as it is
         */
        @Nullable
        Object call(Function<ResolvableType, @Nullable Object> argument) throws Exception {
            Object target = factory.getBean(bean);
            Method invocable = AopUtils.selectInvocableMethod(method, target.getClass());
            ReflectionUtils.makeAccessible(invocable);
            try {
                return invocable.invoke(
                        target, parameters().stream().map(argument).toArray());
            } catch (InvocationTargetException e) {
                ReflectionUtils.rethrowException(e.getTargetException());
                throw new IllegalStateException(e);
            }
        }

        /**
         * Refuses what a proxy of the bean could not call, and what returns before its work is done: that would count as success,
         * whatever comes of it.
         */
        void requireCallable() {
            if (Modifier.isPrivate(method.getModifiers())) {
                throw refused("it is private, and a proxy of its bean cannot call it: leave out \"private\"");
            }
            Class<?> returned = method.getReturnType();
            if (LATER.stream().anyMatch(later -> later.isAssignableFrom(returned)) || isPublisher(returned)) {
                throw refused("it returns " + returned.getSimpleName()
                        + " before its work is done: wait for it in the method, and return what comes of it");
            }
        }

        /** Of Reactor and others, which need not be there. */
        private static boolean isPublisher(Class<?> returned) {
            ClassLoader loader = returned.getClassLoader();
            return loader != null
                    && ClassUtils.isPresent(PUBLISHER, loader)
                    && ClassUtils.resolveClassName(PUBLISHER, loader).isAssignableFrom(returned);
        }

        IllegalStateException refused(String why) {
            return new IllegalStateException("@" + annotation.annotationType().getSimpleName() + " on "
                    + type.getSimpleName() + "." + method.getName() + ": " + why);
        }

        @Override
        public String toString() {
            return "bean " + bean + ", method " + type.getSimpleName() + "." + method.getName();
        }
    }
}
