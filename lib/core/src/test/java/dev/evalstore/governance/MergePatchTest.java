package dev.evalstore.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import dev.evalstore.internal.CanonicalJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Merge patches against the vectors of RFC 7396, and numbers as they were written. */
class MergePatchTest {
    /** Appendix A. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':'b'}          | {'a':'c'}                  | {'a':'c'}",
                "{'a':'b'}          | {'b':'c'}                  | {'a':'b','b':'c'}",
                "{'a':'b'}          | {'a':null}                 | {}",
                "{'a':'b','b':'c'}  | {'a':null}                 | {'b':'c'}",
                "{'a':['b']}        | {'a':'c'}                  | {'a':'c'}",
                "{'a':'c'}          | {'a':['b']}                | {'a':['b']}",
                "{'a':{'b':'c'}}    | {'a':{'b':'d','c':null}}   | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}  | {'a':[1]}                  | {'a':[1]}",
                "['a','b']          | ['c','d']                  | ['c','d']",
                "{'a':'b'}          | ['c']                      | ['c']",
                "{'a':'foo'}        | null                       | null",
                "{'a':'foo'}        | 'bar'                      | 'bar'",
                "{'e':null}         | {'a':1}                    | {'a':1,'e':null}",
                "[1,2]              | {'a':'b','c':null}         | {'a':'b'}",
                "{}                 | {'a':{'bb':{'ccc':null}}}  | {'a':{'bb':{}}}"
            })
    void the_vectors_of_the_rfc_come_out(String original, String patch, String result) {
        assertThat(CanonicalJson.of(MergePatch.apply(json(original), json(patch))))
                .isEqualTo(json(result).text());
    }

    /** Section 3. */
    @Test
    void the_example_of_the_rfc_comes_out() {
        Json document = json("""
                {'title': 'Goodbye!', 'author': {'givenName': 'John', 'familyName': 'Doe'},
                 'tags': ['example', 'sample'], 'content': 'This will be unchanged'}""");
        Json patch = json("""
                {'title': 'Hello!', 'phoneNumber': '+01-123-456-7890', 'author': {'familyName': null},
                 'tags': ['example']}""");

        assertThat(CanonicalJson.of(MergePatch.apply(document, patch)))
                .isEqualTo(json("{'author':{'givenName':'John'},'content':'This will be unchanged',"
                                + "'phoneNumber':'+01-123-456-7890','tags':['example'],'title':'Hello!'}")
                        .text());
    }

    @Test
    void numbers_keep_their_digits_and_documents_their_depth() {
        Json target = json("{'a':12345678901234567890123,'b':0.10,'c':1e400,'d':9007199254740993}");
        assertThat(MergePatch.apply(target, json("{'e':1.000000000000000000001}"))
                        .text())
                .isEqualTo(json("{'a':12345678901234567890123,'b':0.10,'c':1E+400,'d':9007199254740993,"
                                + "'e':1.000000000000000000001}")
                        .text());

        String deep = "{\"a\":".repeat(999) + "{}" + "}".repeat(999);
        assertThat(MergePatch.apply(Json.parse(deep), Json.parse(deep)).text()).isEqualTo(deep);
    }

    @Test
    void a_patch_changes_neither_the_target_nor_itself() {
        Json target = json("{'a':{'b':1}}");
        Json patch = json("{'a':{'b':null}}");

        assertThat(MergePatch.apply(target, patch).text()).isEqualTo("{\"a\":{}}");

        assertThat(target).isEqualTo(json("{'a':{'b':1}}"));
        assertThat(patch).isEqualTo(json("{'a':{'b':null}}"));
    }

    @Test
    void what_is_no_object_or_has_no_member_changes_nothing() {
        for (String empty : new String[] {"{}", "[]", "[1]", "1", "'a'", "null", "true"}) {
            assertThat(MergePatch.isEmpty(json(empty))).as(empty).isTrue();
        }
        assertThat(MergePatch.isEmpty(json("{'a':null}"))).isFalse();
    }

    private static Json json(String text) {
        return Json.parse(text.strip().replace('\'', '"'));
    }
}
