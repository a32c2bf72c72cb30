package io.barnabas.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;

/** Settings to set and to unset, all or none of them. */
record ConfigChange(Map<String, String> set, List<String> unset) {

    void apply(ClusterClient cluster, Admin admin, ConfigTarget target) {
        Collection<AlterConfigOp> operations = new ArrayList<>();
        set.forEach((key, value) -> operations.add(new AlterConfigOp(new ConfigEntry(key, value), OpType.SET)));
        unset.forEach(key -> operations.add(new AlterConfigOp(new ConfigEntry(key, null), OpType.DELETE)));
        cluster.get(admin.incrementalAlterConfigs(Map.of(target.resource(), operations))
                .all());
    }
}
