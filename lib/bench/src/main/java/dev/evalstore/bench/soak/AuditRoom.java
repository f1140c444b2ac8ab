package dev.evalstore.bench.soak;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Patch;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.audit.NewAuditEntry;
import java.util.List;
import java.util.stream.Stream;

/** Writes to the audit log, by hand and by changing a user on somebody's behalf. */
final class AuditRoom extends Room {
    static final String ENTITY = "soak";

    private final User user;

    AuditRoom(Site site) throws InterruptedException {
        super(site, Stage.AUDIT, "");
        String name = site.client().replace('.', '-');
        this.user = Stage.untilDone(() -> db.users()
                .findByUsername(name)
                .orElseGet(() -> db.users().create(NewUser.of(name + "@example.org", name))));
    }

    @Override
    void step() {
        switch (random.nextInt(3)) {
            case 0 -> {
                String name = site.name();
                journal.write(
                        Stage.AUDIT,
                        "record",
                        name,
                        () -> db.audit().record(NewAuditEntry.of("recorded", ENTITY, name)));
            }
            case 1 -> {
                List<String> names =
                        Stream.generate(site::name).limit(1 + random.nextInt(5)).toList();
                journal.write(
                        Stage.AUDIT,
                        "recordAll",
                        String.join(",", names),
                        () -> db.audit()
                                .recordAll(names.stream()
                                        .map(name -> NewAuditEntry.of("recorded", ENTITY, name))
                                        .toList()));
            }
            default -> {
                String name = site.name();
                journal.write(
                        Stage.AUDIT,
                        "update",
                        name,
                        () -> db.actingAs(ActingContext.of(Actor.service("office"))
                                        .request(name))
                                .users()
                                .update(user.id(), UpdateUser.NOTHING.displayName(Patch.set(name))));
            }
        }
        pause(20, 100);
    }
}
