#!/bin/sh
# Restores the newest base backup and the archived WAL beside the running server, asks the copy
# what it holds, and removes it. Run as postgres: restore-drill.sh [BASE_DIR] [WAL_DIR] [DATABASE]
set -eu

base=${1:-/backup/base} wal=${2:-/backup/wal} database=${3:-sanqiao}
PATH=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1):$PATH
newest=$(ls -d "$base"/*/ | sort | tail -1)
place=$(mktemp -d "${TMPDIR:-/tmp}/sanqiao-drill-XXXXXX")
stop() {
    pg_ctl -D "$place/data" -m immediate -s stop 2>/dev/null || true
    rm -rf "$place"
}
trap stop EXIT

echo "Restoring $newest with the WAL in $wal"
cp -a "$newest" "$place/data"
chmod 700 "$place/data"
touch "$place/data/recovery.signal"
: > "$place/data/postgresql.auto.conf"
cat > "$place/drill.conf" <<CONF
data_directory = '$place/data'
hba_file = '$place/hba.conf'
ident_file = ''
unix_socket_directories = '$place'
listen_addresses = ''
archive_mode = off
max_connections = 200
restore_command = 'cp "$wal/%f" "%p"'
recovery_target_action = promote
CONF
echo "local all all trust" > "$place/hba.conf"
pg_ctl -D "$place/data" -s -w -t 3600 -l "$place/log" \
    -o "-c config_file=$place/drill.conf" start || { tail -20 "$place/log"; exit 1; }
while [ "$(psql -h "$place" -Atc 'select pg_is_in_recovery()' postgres)" = t ]; do sleep 1; done

psql -h "$place" -d "$database" -v ON_ERROR_STOP=1 -At <<SQL
select 'restored to: ' || coalesce(pg_last_xact_replay_timestamp()::text, 'end of the backup');
select 'newest act:  ' || coalesce(max(at)::text, 'none') from kernel_event;
select 'people:      ' || count(*) from people_person;
SQL
echo "The drill succeeded. Compare the newest act with the clock: the gap is what a loss would cost."
