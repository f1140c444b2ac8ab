package dev.evalstore.reliability;

import dev.evalstore.account.NewUser;
import dev.evalstore.organization.MemberRole;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.organization.UpdateOrganization;
import java.util.List;
import java.util.UUID;

/** Of organizations and their members. */
final class OrganizationWrites {
    private static final NewOrganization ACME = NewOrganization.of("acme", "Acme", OrganizationType.ENTERPRISE);

    private OrganizationWrites() {}

    /** An organization with its owner, and a user beside. */
    private record Group(UUID id, UUID owner, UUID other) {}

    private static Group group(Lab lab) {
        UUID owner = lab.user().id();
        UUID other =
                lab.db().users().create(NewUser.of("b@example.org", "berta")).id();
        return new Group(lab.db().organizations().create(ACME, owner).id(), owner, other);
    }

    private static Group joined(Lab lab) {
        Group group = group(lab);
        lab.db().organizations().addMember(group.id(), group.other(), MemberRole.OWNER);
        return group;
    }

    private static Group verified(Lab lab) {
        Group group = group(lab);
        lab.db().organizations().verify(group.id(), group.other());
        return group;
    }

    static List<Write<?>> organizations() {
        return List.of(
                Write.of(
                        "organizations.create/2",
                        Lab::user,
                        (r, user) -> r.organizations().create(ACME, user.id())),
                Write.of(
                        "organizations.update/2",
                        OrganizationWrites::group,
                        (r, group) -> r.organizations().update(group.id(), UpdateOrganization.NOTHING.name("Other"))),
                Write.of(
                        "organizations.verify/2",
                        OrganizationWrites::group,
                        (r, group) -> r.organizations().verify(group.id(), group.other())),
                Write.of(
                        "organizations.unverify/1",
                        OrganizationWrites::verified,
                        (r, group) -> r.organizations().unverify(group.id())),
                Write.of(
                        "organizations.softDelete/1",
                        OrganizationWrites::group,
                        (r, group) -> r.organizations().softDelete(group.id())),
                Write.of(
                        "organizations.addMember/2",
                        OrganizationWrites::group,
                        (r, group) -> r.organizations().addMember(group.id(), group.other())),
                Write.of(
                        "organizations.addMember/3",
                        OrganizationWrites::group,
                        (r, group) -> r.organizations().addMember(group.id(), group.other(), MemberRole.ADMIN)),
                Write.of(
                        "organizations.changeRole/3",
                        OrganizationWrites::joined,
                        (r, group) -> r.organizations().changeRole(group.id(), group.owner(), MemberRole.ADMIN)),
                Write.of(
                        "organizations.removeMember/2",
                        OrganizationWrites::joined,
                        (r, group) -> r.organizations().removeMember(group.id(), group.owner())),
                Write.of(
                        "organizations.leave/2",
                        OrganizationWrites::joined,
                        (r, group) -> r.organizations().leave(group.id(), group.owner())),
                Write.of(
                                "users.softDelete/1",
                                OrganizationWrites::joined,
                                (r, group) -> r.users().softDelete(group.other()))
                        .like("a member"),
                Write.of(
                                "users.anonymize/1",
                                OrganizationWrites::joined,
                                (r, group) -> r.users().anonymize(group.other()))
                        .like("a member"),
                Write.of(
                                "users.delete/1",
                                OrganizationWrites::joined,
                                (r, group) -> r.users().delete(group.other()))
                        .like("a member"));
    }
}
