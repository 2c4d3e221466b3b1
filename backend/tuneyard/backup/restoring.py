"""Makes an empty installation the copy that a backup holds: all of it, or nothing."""

import shutil

from tuneyard.backup import repository
from tuneyard.backup.archive import FORMAT, ArchiveReader, Header, Readable
from tuneyard.backup.errors import DamagedBackup, RestoreRefused
from tuneyard.datasets.receiving import in_words
from tuneyard.jobs import leases
from tuneyard.kit import migrations
from tuneyard.kit.config import Settings
from tuneyard.kit.db import Database
from tuneyard.kit.storage import Store, naming_full_disk


def check(header: Header, settings: Settings, store: Store) -> None:
    """Whether this installation can become the copy. Raises RestoreRefused."""
    if header.format > FORMAT or header.revision not in migrations.revisions():
        raise RestoreRefused("The backup was written by a newer Tuneyard than this one.", hint="Update Tuneyard first.")
    if not repository.is_empty(settings.required("database_url"), header.revision):
        raise RestoreRefused(
            "The database is not empty.", hint="Restore into a new data directory, or a database without tables."
        )
    if any(store.files("")):
        raise RestoreRefused(
            f"There are files in {store.location('')} already.",
            hint="Restore into a new data directory, or move them away.",
        )
    free = shutil.disk_usage(settings.data_dir).free
    # How much room a store elsewhere has can't be known.
    if settings.store_url is None and free < header.bytes:
        raise RestoreRefused(
            f"The copy takes {in_words(header.bytes)}, and there is room for {in_words(free)} in {settings.data_dir}.",
            hint="Choose a data directory on a larger disk.",
        )


def restore(archive: ArchiveReader, settings: Settings, store: Store) -> None:
    """Take in all that the archive holds; jobs that ran wait in the queue. Raises DamagedBackup, DiskFull."""
    url, header = settings.required("database_url"), archive.header
    migrations.upgrade(url, header.revision)
    areas: set[str] = set()
    try:
        with naming_full_disk("the copy"), repository.loading(url, header.tables) as connection:
            for name, content in archive.members():
                kind, _, key = name.partition("/")
                table = key.partition("/")[0]
                if kind == "store":
                    areas.add(table)
                    _keep(store, key, content)
                elif kind == "tables" and table in header.tables:
                    repository.load(connection, table, header.tables[table], content.read())
                else:
                    raise DamagedBackup(f"The file holds '{name}', which is part of no backup.")
    except BaseException:
        store.delete(areas)
        raise
    migrations.upgrade(url)
    database = Database(url, pool_size=1)
    with database.system() as session:
        leases.give_back_all(session)
    database.close()


def _keep(store: Store, key: str, content: Readable) -> None:
    with store.create(key) as file:
        shutil.copyfileobj(content, file, 2**20)
