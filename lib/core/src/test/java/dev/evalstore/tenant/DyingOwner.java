package dev.evalstore.tenant;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;

/** Makes, migrates or drops tenants in a process of its own, which is killed meanwhile. */
final class DyingOwner {
    static final String APPLICATION = "dying-owner";

    private DyingOwner() {}

    /** Arguments: URL, role, password, the verb, and the tenants' names. */
    public static void main(String[] args) {
        DatabaseConfig config = DatabaseConfig.builder(args[0])
                .user(args[1])
                .password(args[2])
                .applicationName(APPLICATION)
                .build();
        try (Database db = Database.open(config)) {
            Tenants tenants = db.tenants();
            // What the work needs is loaded, so that a kill soon after meets the work and not the loading of classes.
            tenants.list(1);
            System.out.println("begins");
            switch (args[3]) {
                case "create" -> {
                    for (int i = 4; i < args.length; i++) {
                        tenants.create(args[i]);
                    }
                }
                case "drop" -> {
                    for (int i = 4; i < args.length; i++) {
                        tenants.drop(args[i], args[i]);
                    }
                }
                case "migrate" -> tenants.migrateAll(TenantOptions.DEFAULT.parallel(2));
                default -> throw new IllegalArgumentException(args[3]);
            }
            System.out.println("ends");
        }
    }
}
