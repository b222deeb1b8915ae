/**
 * The attributes that object mappers add to every item to know it again. They filter by them, so these must stay readable:
 * spread them into the actions of a table.
 *
 * @example
 * classicTable({ provider, actions: { attributes: { ...ELECTRODB_MARKERS } } })
 *
 * @module
 */
import type { CryptoAction } from '@itemseal/core'

type Markers<Name extends string> = Readonly<Record<Name, CryptoAction>>

/** ElectroDB: name and version of the entity. */
export const ELECTRODB_MARKERS: Markers<'__edb_e__' | '__edb_v__'> = { __edb_e__: 'SIGN_ONLY', __edb_v__: 'SIGN_ONLY' }

/** dynamodb-toolbox: name of the entity, time of creation and of the last change. */
export const DYNAMODB_TOOLBOX_MARKERS: Markers<'_et' | '_ct' | '_md'> = { _et: 'SIGN_ONLY', _ct: 'SIGN_ONLY', _md: 'SIGN_ONLY' }

/** OneTable: name of the model. */
export const ONETABLE_MARKERS: Markers<'_type'> = { _type: 'SIGN_ONLY' }
