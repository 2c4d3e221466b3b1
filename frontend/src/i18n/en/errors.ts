import type { Message } from '../translate';

export const errors = {
  'error.original': 'The server’s own words, in English',
  'error.page':
    'This page could not be shown. Reload it; if that does not help, the server’s log has the cause.',
  'error.title': 'Something went wrong',
  'error.unexpected':
    'The server answered in an unexpected way ({status}). Try again; if it stays so, the server’s log has the cause.',
  'error.unreachable':
    'The server can’t be reached. Check that it is running and that you are connected, then try again.',

  'errorCode.already_set_up': 'Somebody has set this server up already. Sign in instead.',
  'errorCode.artifact_damaged': 'The files of this model are damaged. Train it again.',
  'errorCode.base_model_not_installed':
    'This base model is not on this server yet. A fine-tune on it fetches it first.',
  'errorCode.batch_not_finished': 'This batch is still being worked on. Wait until it is done.',
  'errorCode.column_given_twice':
    'One column is given for two things. Choose another column for one of them.',
  'errorCode.column_without_text': 'This column holds no text. Choose one with words in it.',
  'errorCode.copy_damaged':
    'A stored file is not what was stored. Its bucket must be restored from a backup.',
  'errorCode.cross_site_request': 'The request did not come from this page. Reload it and try again.',
  'errorCode.dataset_in_use':
    'This dataset is in use, so it stays: it is known what those models learned from.',
  'errorCode.dataset_not_ready': 'This dataset has not been read yet. Wait a moment, then try again.',
  'errorCode.deployment_failed': 'This deployment can’t answer. Open it to see why.',
  'errorCode.deployment_starting': 'This deployment is still starting. Try again in a few seconds.',
  'errorCode.disk_full': 'The disk of the server is full. Free some space, then try again.',
  'errorCode.email_taken': 'Another account has this address. Choose another.',
  'errorCode.empty_file': 'There is nothing in this file. Choose another.',
  'errorCode.format_not_made': 'This version does not come in this format. Choose another.',
  'errorCode.judge_failed': 'The judge can’t be asked. Check address, model and key.',
  'errorCode.idempotency_key_reused': 'The same request name was used for something else. Try again.',
  'errorCode.labels_seen_once':
    'Most values of this column are seen only once. Choose a column whose values repeat.',
  'errorCode.missing_column': 'A column that is needed is not there. Choose another column.',
  'errorCode.missing_file': 'No file came with the request. Choose one.',
  'errorCode.model_in_use': 'This model is deployed, so it stays. Delete the deployment first.',
  'errorCode.name_taken': 'This name is taken. Choose another.',
  'errorCode.no_graphics_card': 'No worker has a CUDA card. Set what is trained to lora.',
  'errorCode.not_enough_memory':
    'No worker has the memory for it. Choose a smaller base model, or QLoRA where there is a graphics card.',
  'errorCode.nothing_to_show':
    'This row can’t be shown before training. Choose another row, or start without looking.',
  'errorCode.wrong_kind_of_model':
    'The model can’t answer that: ask one that writes in a chat, and a classifier for a label.',
  'errorCode.context_length_exceeded':
    'The conversation is longer than the model can read. Shorten it, or begin a new one.',
  'errorCode.nothing_to_roll_back_to': 'There is no earlier version to go back to.',
  'errorCode.preview_too_slow':
    'Reading the beginning of the file takes too long to be shown. Choose how to read it without a preview.',
  'errorCode.private_address':
    'This address is not on the internet. Use a public one, or ask the operator to allow its network.',
  'errorCode.quota_exceeded': 'The workspace has no room left for this. Delete something first.',
  'errorCode.request_in_flight': 'The same request is being carried out. Wait a few seconds.',
  'errorCode.revision_not_checked':
    'This version has not passed its check, so it can’t take traffic. Choose another.',
  'errorCode.serving_busy': 'More is asked than the server can answer right now. Try again in a few seconds.',
  'errorCode.serving_unreachable':
    'The part of the server that answers is not ready. Try again in a few seconds.',
  'errorCode.session_ended': 'You have been signed out. Sign in again.',
  'errorCode.single_class_label':
    'The answer column does not hold two different answers. Choose another, or add rows.',
  'errorCode.split_value_unknown':
    'This column should say train, validation or test in every row. Correct the rows that say something else, or let it be decided automatically.',
  'errorCode.split_without_train':
    'This column marks no row as train. Mark the rows to learn from, or let it be decided automatically.',
  'errorCode.store_unavailable': 'The store of files can’t be reached. Try again in a minute.',
  'errorCode.too_few_rows': 'There are too few rows to learn from. Add more.',
  'errorCode.too_many_attempts': 'Too many failed tries. Wait a few minutes, then try again.',
  'errorCode.too_many_judges': 'Too many judges are being asked at once. Try again in half a minute.',
  'errorCode.too_many_webhooks': 'The workspace has as many webhooks as it may. Delete one first.',
  'errorCode.unreadable_that_way': 'The file can’t be read this way. Choose another reading.',
  'errorCode.unknown_base_model': 'There is no such base model. Choose one of those shown.',
  'errorCode.unsuitable_base_model': 'This base model can’t be taught this task. Choose another.',
  'errorCode.unsuitable_column': 'This column does not fit its role. Choose another.',
  'errorCode.unusable_address':
    'This is no address that can be called. Give the whole of it, beginning with https://.',
  'errorCode.upload_too_large':
    'This file is larger than the server takes. Choose a smaller one, or split it.',
  'errorCode.version_loading': 'This version is still being loaded. Try again in a few seconds.',
  'errorCode.webhook_off': 'This webhook is off. Switch it on first.',
  'errorCode.wrong_credentials': 'That did not work. Check both fields.',
  'errorCode.wrong_password': 'The current password is not right. Type it again.',

  'errorStatus.400': 'This can’t be done as it was asked. Change it, or reload the page, and try again.',
  'errorStatus.401': 'You are not signed in. Sign in again.',
  'errorStatus.403': 'You may not do this. Ask an owner or admin of the workspace.',
  'errorStatus.404': 'This is not here, or not any more. Check the address, or start from home.',
  'errorStatus.409': 'This can’t be done in its present state. Reload to see what has changed.',
  'errorStatus.413': 'This is larger than the server takes. Send less at once.',
  'errorStatus.422': 'Something in it is missing or wrong. Change it and try again.',
  'errorStatus.429': 'That was too much at once. Wait a few seconds, then try again.',
  'errorStatus.500': 'The server made a mistake. Try again; if it stays so, its log has the cause.',
  'errorStatus.502': 'The server is being restarted. Try again in a few seconds.',
  'errorStatus.503': 'A part of the server is not ready. Try again in a few seconds.',
  'errorStatus.504': 'The server took too long. Try again in a few seconds.',
  'errorStatus.507': 'The disk of the server is full. Free some space, then try again.',
} as const satisfies Record<string, Message>;
