package dev.evalstore.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.ResolvableType;

class GenericTypesTest {
    record Part(String name) {}

    record Pair<A>(A first, A second) {}

    static class Of<T> {
        void variable(T payload) {}

        void listOfVariable(List<T> payload) {}

        void arrayOfVariable(T[] payload) {}

        void plain(Part payload) {}

        void raw(@SuppressWarnings("rawtypes") List payload) {}

        void list(List<Part> payload) {}

        void deep(Map<String, List<Pair<Part>>> payload) {}

        void arrays(List<Part>[] payload) {}

        void wildcards(Map<?, ? extends List<? super Part>> payload) {}

        <S extends Comparable<S>> void endless(List<S> payload) {}

        <S extends Part> void bounded(List<S> payload) {}

        <S> void unknown(List<S> payload) {}
    }

    static class OfParts extends Of<List<Part>> {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain           | Part",
                "raw             | List",
                "list            | List<Part>",
                "deep            | Map<String, List<Pair<Part>>>",
                "arrays          | List<Part>[]",
                "wildcards       | Map<Object, List<Part>>",
                "bounded         | List<Part>",
                "unknown         | List<Object>",
                "variable        | List<Part>",
                "listOfVariable  | List<List<Part>>",
                "arrayOfVariable | List<Part>[]"
            })
    void a_type_is_known_with_its_arguments(String method, String type) {
        assertThat(named(method)).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource("endless")
    void a_variable_that_is_bounded_by_itself_has_an_end(String method) {
        assertThat(named(method)).startsWith("List<Comparable<Comparable");
    }

    private static String named(String name) {
        Method method = Stream.of(Of.class.getDeclaredMethods())
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return GenericTypes.of(ResolvableType.forMethodParameter(method, 0, OfParts.class))
                .getTypeName()
                .replaceAll("[a-z]+\\.|GenericTypesTest\\$", "");
    }
}
