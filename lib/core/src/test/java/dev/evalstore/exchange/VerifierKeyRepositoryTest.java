package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.testkit.TestDatabase;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VerifierKeyRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final String BASE64 = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    private static final Instant EARLIER = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant LATER = Instant.parse("2099-01-01T00:00:00Z");

    private final Database db = database.db();
    private final VerifierKeyRepository keys = db.exchange().verifierKeys();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.verifier_keys; delete from evalstore.users");
    }

    static PublicKey newKey(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPublic();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private VerifierKey ofWorker(String keyId) {
        return keys.register(NewVerifierKey.ofWorker("rig", keyId, newKey("Ed25519")));
    }

    @Test
    void a_person_s_key_reads_back_the_same_under_the_person_s_name() {
        UUID ada = ExchangeFixtures.user(db, "ada");
        VerifierKey key = keys.register(NewVerifierKey.ofUser(ada, "key-1", NewVerifierKey.parse(BASE64))
                .validFrom(EARLIER)
                .validTo(LATER));
        assertThat(keys.get(key.id())).isEqualTo(key);
        assertThat(key)
                .isEqualTo(new VerifierKey(
                        key.id(), "key-1", ada, "ada", BASE64, EARLIER, LATER, null, key.createdAt(), key.updatedAt()));
        db.users().update(ada, UpdateUser.NOTHING.displayName(dev.evalstore.Patch.set("Ada Lovelace")));
        assertThat(keys.register(NewVerifierKey.ofUser(ada, "key-2", newKey("Ed25519")))
                        .verifierLabel())
                .isEqualTo("Ada Lovelace");
    }

    @Test
    void a_worker_s_key_is_valid_from_its_registration_on_without_an_end() {
        VerifierKey key = ofWorker("key-1");
        assertThat(key.verifierId()).isNull();
        assertThat(key.verifierLabel()).isEqualTo("rig");
        assertThat(key.validFrom()).isEqualTo(key.createdAt());
        assertThat(key.validTo()).isNull();
        assertThat(keys.findByKeyId("key-1")).contains(key);
        assertThat(keys.findByKeyId("KEY-1")).isEmpty();
    }

    @Test
    void a_key_stays_with_its_label_when_its_user_is_removed() {
        UUID ada = ExchangeFixtures.user(db, "ada");
        VerifierKey key = keys.register(NewVerifierKey.ofUser(ada, "key-1", newKey("Ed25519")));
        database.admin("delete from evalstore.users");
        assertThat(keys.get(key.id()).verifierId()).isNull();
        assertThat(keys.get(key.id()).verifierLabel()).isEqualTo("ada");
    }

    @Test
    void only_a_public_ed25519_key_is_one() {
        refused("publicKey", () -> NewVerifierKey.ofWorker("rig", "k", newKey("Ed448")));
        refused("publicKey", () -> NewVerifierKey.ofWorker("rig", "k", newKey("X25519")));
        refused("publicKey", () -> NewVerifierKey.ofWorker("rig", "k", newKey("RSA")));
        String pem = "-----BEGIN PUBLIC KEY-----\n" + BASE64 + "\n-----END PUBLIC KEY-----\n";
        assertThat(NewVerifierKey.parse(pem)).isEqualTo(NewVerifierKey.parse(BASE64));
        refused("pem", () -> NewVerifierKey.parse(""));
        refused(
                "pem",
                () -> NewVerifierKey.parse("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK"
                        + "9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n"));
        refused("pem", () -> NewVerifierKey.parse(BASE64.replace("VwAyEA", "VuAyEA")));
        refused("pem", () -> NewVerifierKey.parse(BASE64.replace("URo=", "URp=")));
    }

    @Test
    void every_rule_of_a_new_key_names_its_field() {
        PublicKey key = newKey("Ed25519");
        UUID user = UUID.randomUUID();
        refused("keyId", () -> NewVerifierKey.ofWorker("rig", " ", key));
        refused("keyId", () -> NewVerifierKey.ofWorker("rig", "k".repeat(201), key));
        refused("keyId", () -> NewVerifierKey.ofWorker("rig", "k\u0000", key));
        refused("worker", () -> NewVerifierKey.ofWorker(" ", "k", key));
        refused("verifierId", () -> new NewVerifierKey("k", null, null, key, null, null));
        refused("verifierId", () -> new NewVerifierKey("k", user, "rig", key, null, null));
        refused("validTo", () -> new NewVerifierKey("k", user, null, key, EARLIER, EARLIER));
        refused("validFrom", () -> NewVerifierKey.ofWorker("rig", "k", key).validFrom(Instant.MAX));
    }

    @Test
    void the_schema_refuses_the_same_by_name() {
        VerifierKey key = ofWorker("key-1");
        violates("verifier_keys_key_id_unique", () -> ofWorker("key-1"));
        violates(
                "verifier_keys_public_key_unique",
                () -> keys.register(NewVerifierKey.ofWorker("other", "key-2", NewVerifierKey.parse(key.publicKey()))));
        violates(
                "verifier_keys_verifier_fk",
                () -> keys.register(NewVerifierKey.ofUser(UUID.randomUUID(), "key-2", newKey("Ed25519"))));
        violates("verifier_keys_valid_from_before_valid_to", () -> keys.expire(key.id(), key.validFrom()));
        violates(
                "verifier_keys_valid_from_before_valid_to",
                () -> keys.register(NewVerifierKey.ofWorker("rig", "key-2", newKey("Ed25519"))
                        .validTo(EARLIER)));
    }

    @Test
    void a_key_expires_when_it_is_told_to() {
        VerifierKey key = ofWorker("key-1");
        assertThat(keys.expire(key.id(), LATER).validTo()).isEqualTo(LATER);
        Instant sooner = key.validFrom().plusSeconds(1);
        assertThat(keys.expire(key.id(), sooner).validTo()).isEqualTo(sooner);
        notFound(() -> keys.expire(UUID.randomUUID(), LATER));
    }

    @Test
    void a_key_is_revoked_once_from_now_on_or_from_a_time_that_is_past() {
        VerifierKey now = keys.revoke(ofWorker("key-1").id());
        assertThat(now.revokedAt()).isEqualTo(now.updatedAt());
        VerifierKey stolen = keys.revoke(ofWorker("key-2").id(), EARLIER);
        assertThat(stolen.revokedAt()).isEqualTo(EARLIER);
        VerifierKey tooLate = keys.revoke(ofWorker("key-3").id(), LATER);
        assertThat(tooLate.revokedAt()).as("a time to come counts as now").isEqualTo(tooLate.updatedAt());
        assertThatThrownBy(() -> keys.revoke(now.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("revoked");
        assertThatThrownBy(() -> keys.revoke(now.id(), EARLIER)).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> keys.expire(now.id(), LATER)).isInstanceOf(ConflictException.class);
        notFound(() -> keys.revoke(UUID.randomUUID()));
    }

    @Test
    void keys_are_listed_by_verifier_and_by_time() {
        UUID ada = ExchangeFixtures.user(db, "ada");
        VerifierKey hers =
                keys.register(NewVerifierKey.ofUser(ada, "a", newKey("Ed25519")).validFrom(EARLIER));
        VerifierKey rigs = ofWorker("b");
        VerifierKey gone = keys.revoke(ofWorker("c").id(), EARLIER);
        assertThat(keys.list(VerifierKeyFilter.ALL, 10, null).items()).containsExactly(gone, rigs, hers);
        assertThat(keys.list(VerifierKeyFilter.ALL.verifier(ada), 10, null).items())
                .containsExactly(hers);
        assertThat(keys.list(VerifierKeyFilter.ALL.worker("rig"), 10, null).items())
                .containsExactly(gone, rigs);
        assertThat(keys.list(VerifierKeyFilter.ALL.validAt(LATER), 10, null).items())
                .containsExactly(rigs, hers);
        assertThat(keys.count(VerifierKeyFilter.ALL.validAt(EARLIER))).isEqualTo(1);
        keys.expire(hers.id(), LATER);
        assertThat(keys.count(VerifierKeyFilter.ALL.validAt(LATER))).isEqualTo(1);
    }

    @Test
    void what_is_done_to_a_key_is_audited() {
        VerifierKeyRepository acting = db.actingAs(Actor.SYSTEM).exchange().verifierKeys();
        VerifierKey key = acting.register(NewVerifierKey.ofWorker("rig", "key-1", newKey("Ed25519")));
        acting.expire(key.id(), LATER);
        acting.revoke(key.id());
        assertThat(db.audit()
                        .history("verifier_key", key.id().toString(), 10, null)
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("revoke", "expire", "create");
    }
}
