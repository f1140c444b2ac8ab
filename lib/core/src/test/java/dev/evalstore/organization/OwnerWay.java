package dev.evalstore.organization;

import dev.evalstore.Repositories;
import dev.evalstore.account.UpdateUser;
import java.util.UUID;

/** How an organization may lose an owner. */
enum OwnerWay {
    DEMOTE((rooms, organization, user) -> rooms.organizations().changeRole(organization, user, MemberRole.ADMIN)),
    REMOVE((rooms, organization, user) -> rooms.organizations().removeMember(organization, user)),
    LEAVE((rooms, organization, user) -> rooms.organizations().leave(organization, user)),
    DEACTIVATE((rooms, organization, user) -> rooms.users().update(user, UpdateUser.NOTHING.active(false))),
    SOFT_DELETE((rooms, organization, user) -> rooms.users().softDelete(user)),
    ANONYMIZE((rooms, organization, user) -> rooms.users().anonymize(user)),
    DELETE((rooms, organization, user) -> rooms.users().delete(user));

    private final Call call;

    OwnerWay(Call call) {
        this.call = call;
    }

    /** Whether it ends every ownership of the user, and not that of one organization. */
    boolean isOfUser() {
        return ordinal() >= DEACTIVATE.ordinal();
    }

    Object take(Repositories rooms, UUID organization, UUID user) {
        return call.on(rooms, organization, user);
    }

    private interface Call {
        Object on(Repositories rooms, UUID organization, UUID user);
    }
}
