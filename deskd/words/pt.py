"""What agents read, in Portuguese: in Brazilian spelling, worded so that it reads well in Portugal too."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # a ticket's own lines
    "no_subject": "(sem assunto)",
    "unreadable_subject": "Uma mensagem ilegível de {sender}",
    "unreadable": (
        "Não foi possível ler esta mensagem: {reason}. O original está guardado, intacto: veja-o com "
        "deskd inbox show {inbox} e tente de novo com deskd inbox retry {inbox}."
    ),
    "look_here": "Dê uma olhada neste ticket, por favor.",
    "came_back": "O prazo terminou: este ticket estava em “{status}” e está aberto de novo.",
    # buttons on its card
    "claim": "Assumir",
    "resolve": "Resolver",
    # replies and notes
    "send_to_customer": "Enviar ao cliente",
    "kept_inside": "🔒 Ficou interno: o cliente não vê. Era para ele?",
    "unsigned": (
        "💔 Alguém escreveu aqui de forma anônima, em nome do grupo. Não dá para saber quem foi, então o cliente não recebe a mensagem. Nas configurações do grupo, desative o anonimato desse administrador e escreva de novo."
    ),
    "edit_too_late": (
        "O cliente não recebe esta alteração: a mensagem já tinha saído. Para corrigir, escreva outra."
    ),
    "edit_command": (
        "A resposta foi interrompida e fica interna. Um comando só vale em uma mensagem própria: escreva-o de novo."
    ),
    "edit_adds": (
        "A resposta foi interrompida e fica interna: um arquivo acrescentado depois, ou um texto sob outro arquivo do álbum, não pode seguir com ela. Envie-a de novo."
    ),
    "stop_too_late": "Tarde demais: o cliente já tem esta mensagem.",
    "not_yours": "Só quem escreveu esta nota pode enviá-la.",
    "already_sent": "Esta mensagem já foi enviada.",
    "recipient_refused": "Não foi entregue a {address}: o servidor de e-mail respondeu “{answer}”.",
    "not_sent": "⚠️ O cliente não recebeu esta mensagem: {error}",
    "files_not_shown": "Não foi possível mostrar os arquivos aqui: {error}",
    "file_not_shown": "grande demais para ser mostrado aqui",
    "files_too_large": (
        "“{name}” ({size}) é grande demais: os arquivos têm {total} no total e uma mensagem leva no máximo {limit}. Escreva de novo sem ele ou envie um link"
    ),
    # customers in chats
    "file_not_fetched": "grande demais para um bot baixar: no máximo {limit}",
    "contacts_joined": "🔗 A pessoa deste chat mostrou que {address} também é dela: agora é um só contato.",
    "part_contacts": "Desfazer",
    "contacts_parted": "São dois contatos de novo.",
    "customer_rated": "⭐ O cliente deu {stars} de 5.",
    "customer_commented": "💬 Sobre a avaliação: {text}",
    "customer_blocked": "🚫 O cliente bloqueou o bot: nada chega a ele neste chat até que o desbloqueie.",
    "customer_unblocked": "O cliente desbloqueou o bot.",
    "customer_file_lost": "⚠️ Não foi possível baixar um arquivo do cliente: {error}",
    "customer_floods": "🌊 Deste chat chegam mais de {messages} mensagens em {per}: as próximas entram no ticket, mas não aparecem aqui até a situação se acalmar.",
    "perhaps_sent": (
        "❔ Não há como saber se o cliente recebeu esta mensagem: {error}. Veja a conversa e depois escolha."
    ),
    "send_again": "Enviar de novo",
    "it_arrived": "Chegou",
    "perhaps_twice": "↻ Talvez esta mensagem já esteja aqui acima:",
    "settled_already": "Já ficou esclarecido se esta mensagem chegou.",
    # who joins a ticket, and who takes part
    "join": "Juntar",
    "unjoin": "Separar",
    "linked_here": (
        "🔗 Este e-mail menciona {ref}, mas não foi juntado: {because}. Se fizer parte, clique em Juntar: o remetente passa a participar de {ref}."
    ),
    "join_itself": "{ref} não pode ser juntado a si mesmo.",
    "join_unreadable": "{ref} está no lugar de uma mensagem ilegível: não há nada para juntar.",
    "joined_already": "{ref} já faz parte de outro ticket.",
    "not_joined": "{ref} não faz parte de outro ticket.",
    "joined_into": "Este ticket agora faz parte de {ref}: continua lá.",
    "took_in": "{ref} agora faz parte deste ticket, com todas as suas mensagens; o remetente participa.",
    "gave_back": "{ref} voltou a ser um ticket à parte e levou as suas mensagens.",
    "stands_alone": "Este voltou a ser um ticket à parte, separado de {ref}.",
    "cc_proposed": (
        "Em cópia no e-mail: {names}. Quem for adicionado pode escrever neste ticket e recebe as respostas."
    ),
    "cc_trusted": "Em cópia no e-mail, e participando a partir de agora: {names}.",
    "add_person": "Adicionar {name}",
    "participant_added": (
        "{address} agora participa deste ticket: o que escrever entra nele, e as respostas vão também para lá."
    ),
    "bounced": "⚠️ O cliente não recebeu a mensagem: {reason}",
    "delayed": (
        "O e-mail ainda está a caminho do cliente: {reason}. Os servidores de e-mail continuam tentando."
    ),
    "came_back_before": (
        "O último e-mail para {address} voltou ({reason}). Este será enviado mesmo assim; talvez seja possível falar com o cliente de outra forma."
    ),
    "answers_spent": (
        "{ref}: {address} já recebeu {count} respostas automáticas em um dia e não recebe mais até o dia acabar. O mais provável é que quem responde do outro lado seja um programa."
    ),
    "agent_kept_inside": (
        "🔒 Chegou por e-mail e ficou interno: {because}. Para falar com o cliente, responda aqui."
    ),
    "mailed_file_too_large": "o arquivo {name} é maior do que um e-mail suporta",
    "has_files": "traz arquivos, que a central não encaminha a partir do e-mail de um atendente",
    "no_reply_meant": "parece uma nota ou um comando, ou não diz nada",
    # handling a ticket
    "claimed_by_other": "{agent} já está com este ticket. Para assumir: !assign @{me}.",
    "nobodys": "Este ticket não é de ninguém: não há nada a liberar. Para assumir: !claim.",
    "already": "Este ticket já está em “{status}”.",
    "no_move": "Um ticket em “{old}” não pode passar a “{new}”. Primeiro reabra-o com !reopen.",
    # levels: going up, going back, handing over
    "escalated_note": "⬆️ Este ticket sobe para {team} (nível {level}). Motivo: {reason}",
    "deescalated_note": "⬇️ Este ticket volta para {team} (nível {level}). Motivo: {reason}",
    "given_here": "📥 {ref} “{subject}” chega aqui vindo de {team}. O que aconteceu até agora: !summary",
    "escalated_here": "⬆️ {ref} “{subject}” subiu de {team}: {reason}",
    "deescalated_here": "⬇️ {ref} “{subject}” voltou de {team}: {reason}",
    "nothing_above": "⬆️ {who} quer que este ticket suba, mas não há ninguém acima do nível {level}; ele fica aqui. Motivo: {reason}",
    "handoff": "📋 Transferência de {ref}: {subject}",
    "handoff_why": "Por que sobe de nível",
    "handoff_problem": "O problema, nas palavras do cliente",
    "handoff_tried": "O que foi perguntado e tentado (→ ao cliente, 🔒 interno)",
    "handoff_files": "Anexos",
    "handoff_had": "Quem esteve com ele",
    "handoff_tags": "Etiquetas",
    "handoff_due": "O que vence e quando",
    "handoff_timeline": "Cronologia",
    "handoff_none": "– nada –",
    "step_opened": "aberto",
    "step_wrote": "chegou uma mensagem",
    "step_replied": "resposta",
    "step_not_sent": "uma resposta não saiu",
    "step_status": "mudança de status",
    "step_claimed": "assumido",
    "step_assigned": "atribuído",
    "step_released": "liberado",
    "step_escalated": "subiu de nível",
    "step_deescalated": "desceu de nível",
    "due_first_response": "primeira resposta",
    "due_next_response": "próxima resposta",
    "due_resolution": "solução",
    "sla_warning": "⏰ {clock}: vence em {at}, e resta pouco tempo.",
    "sla_missed": "🔥 {clock}: venceu em {at}, e não aconteceu.",
    "sla_escalates": "{clock}: o prazo era {at}",
    "escalate_same": "Este ticket já está com {team}.",
    "escalate_below": "{team} é de nível {level}: um ticket não sobe para lá. Use !deescalate para devolvê-lo, ou !assign.",
    "escalate_just_now": "{who} acabou de passar este ticket para {team}: uma vez basta.",
    "escalate_over": "Este ticket está em “{status}”. Reabra-o com !reopen antes de passá-lo para outro nível.",
    "no_team_of_level": "Nenhuma equipe desta central é de nível {level}.",
    "in_no_team": "{agent} não está em nenhuma equipe.",
    "nothing_below": "Não há nenhum nível abaixo deste.",
    # commands that can't be read
    "unknown_command": "Esta central não conhece o comando !{command}. !help mostra os que conhece.",
    "unknown_command_near": "Esta central não conhece o comando !{command}. Seria !{near}? !help mostra todos.",
    "right_form": "A forma correta: {form}\nPor exemplo: {example}",
    "right_form_alone": "A forma correta: {form}",
    "takes_nothing": "!{command} vai sozinho, mas depois dele vem “{found}”. Nada foi feito.",
    "needs_whom": "Para quem vai este ticket?",
    "too_many_whom": "Um ticket vai para uma só pessoa ou uma só equipe, não para “{found}”.",
    "nobody_called": "Nenhuma pessoa ou equipe desta central se chama “{name}”.",
    "nobody_called_near": "Nenhuma pessoa ou equipe desta central se chama “{name}”. Seria @{near}?",
    "several_called": "Há mais de um com o nome “{name}”. Qual destes: {keys}?",
    "needs_reason": "O que este ticket está esperando?",
    "needs_why_up": "Por que sobe de nível? Quem o assume lê primeiro o seu motivo.",
    "needs_why_down": "Por que volta? A equipe que o recebe lê primeiro o seu motivo.",
    "reason_too_long": "O motivo é longo demais: no máximo {limit} caracteres. O resto vai em uma nota.",
    "needs_value": "Qual? Os valores possíveis são: {values}.",
    "wrong_value": "“{found}” não está entre os valores possíveis: {values}.",
    "needs_tags": "Quais etiquetas?",
    "wrong_tag": "“{found}” não pode ser uma etiqueta: letras, algarismos e - _ . :, no máximo {limit} caracteres.",
    "too_many_tags": "São etiquetas demais: no máximo {limit} por vez.",
    "tag_both_ways": "Não dá para adicionar e remover “{found}” ao mesmo tempo.",
    "wrong_time": "“{found}” não é um prazo que esta central entenda.",
    "time_past": "“{found}” já passou.",
    "time_too_far": "“{found}” está longe demais: no máximo {limit} dias.",
    "resolve_inside": (
        "Nada foi enviado: uma resposta que menciona um colega, ou que começa como uma nota ou um comando, fica interna. Escreva a última resposta sem isso; ou primeiro a nota e depois !resolve."
    ),
    # help
    "help_head": "O que se pode escrever na thread de um ticket",
    "help_foot": (
        "O que se escreve aqui vai para o cliente. O que começa com note: ou //, ou menciona um colega, uma equipe ou @here, fica interno. 👀 assume o ticket, ✅ no cartão resolve."
    ),
    "help_foot_internal": (
        "O que se escreve aqui fica interno; o que começa com reply: vai para o cliente. "
        "👀 assume o ticket, ✅ no cartão resolve."
    ),
    "help_claim": "assume este ticket",
    "help_assign": "atribui a uma pessoa ou a uma equipe",
    "help_release": "libera: não é mais de ninguém",
    "help_escalate": "passa para o próximo nível, uma equipe, uma pessoa ou um nível, e diz por quê",
    "help_deescalate": "devolve ao nível anterior, e diz por quê",
    "help_resolve": "resolve; com uma última resposta, assim que ela tiver saído",
    "help_pending": "fica à espera do cliente; com um prazo, o ticket volta sozinho",
    "help_hold": "põe em pausa, e diz por quê; com um prazo na frente, o ticket volta sozinho",
    "help_reopen": "reabre",
    "help_close": "fecha de vez",
    "help_spam": "marca como spam",
    "help_priority": "define a prioridade: low (baixa), normal, high (alta), urgent (urgente)",
    "help_urgency": "define a urgência: low (baixa), medium (média), high (alta)",
    "help_impact": "define o impacto: low (baixo), medium (médio), high (alto)",
    "help_tag": "adiciona etiquetas; com um menos na frente, remove",
    "help_help": "esta lista, ou mais sobre um comando",
    # the card's menu
    "menu_pending": "À espera do cliente",
    "menu_hold": "Em pausa",
    "menu_not_a_request": "Não é um pedido",
    "menu_spam": "É spam",
    "menu_reopen": "Reabrir",
    "menu_history": "Histórico",
    # canned replies and knowledge
    "no_canned": "Esta central não tem respostas prontas. Um administrador as escreve em arquivos; docs/canned.md explica como.",
    "canned_head": "Respostas prontas, primeiro as que servem para este ticket. Para ver uma, escreva !canned e o nome dela:",
    "canned_preview": "📝 {name}, como o cliente a receberia:",
    "kb_nothing": "Nenhum artigo encontrado para “{words}”.",
    "send_article": "Enviar “{title}”",
    "no_such_text": "Não há nenhum texto chamado “{name}”. Há: {names}.",
    "one_name": "“{found}” não é o nome de uma resposta pronta.",
    "needs_words": "O que você procura?",
    "help_canned": "as respostas prontas que servem; com um nome, uma prévia com o botão que a envia",
    "help_kb": "procura nos artigos",
    # other tickets, and screens about this one
    "customer_edited": "✏️ (editada) {text}",
    "customer_deleted": "🗑️ O cliente apagou uma mensagem dele; aqui ela fica guardada: “{text}”",
    "wrote_again_telegram": (
        "⏳ O cliente escreveu de novo enquanto a sua resposta espera. Ela sai às {at} como está: para mudá-la, edite-a; para interrompê-la, reaja com 👎."
    ),
    "wrote_again": (
        "⏳ O cliente escreveu de novo enquanto a sua resposta espera. Ela sai às {at} como está: para mudá-la, edite-a; para interrompê-la, apague-a ou reaja com ❌."
    ),
    "direct_deleted": "🗑️ Apagado na conversa com o cliente, que talvez já tenha lido: “{text}”",
    "direct_note_refused": (
        "O cliente lê esta conversa: aqui nada fica interno, e o que você acabou de escrever não é uma nota. Se não era para o cliente, apague; as notas vão na thread do ticket, no canal da equipe."
    ),
    "undo_split": "Desfazer a divisão",
    "split_from": "✂️ Separado de {ref}: agora é um ticket à parte.",
    "split_into": "✂️ A última mensagem do cliente, e o que veio depois, agora é {ref}.",
    "linked_with": "🔗 Vinculado a {ref} “{subject}”.",
    "linked_already": "Este ticket já está vinculado a {ref}.",
    "not_linked": "Este ticket não está vinculado a {ref}.",
    "unlinked_from": "🔗 Não está mais vinculado a {ref} “{subject}”.",
    "nothing_to_split": "Não há nada para dividir: o cliente só escreveu uma vez aqui.",
    "no_such_ref": "Não existe nenhum ticket {ref}.",
    "this_ticket_itself": "{ref} é este mesmo ticket.",
    "merged_now": "Juntado: continua em {ref}. Para desfazer, clique em Separar ou escreva !unmerge aqui.",
    "unmerged_now": "{ref} volta a ser um ticket à parte.",
    "needs_ref": "Qual ticket?",
    "wrong_ref": "“{found}” não é a referência de um ticket.",
    "needs_note": "O que a nota deve dizer?",
    "screen_language": "Idioma",
    "screen_tags": "Etiquetas",
    "screen_undelivered": "⚠️ Os e-mails voltam",
    "screen_tickets": "Tickets até agora",
    "screen_participants": "Também participam",
    "screen_other_open": "Outros tickets abertos",
    "screen_first": "O que o cliente escreveu primeiro",
    "screen_last": "O que escreveu por último",
    "screen_answer": "A nossa última resposta",
    "screen_note": "Última nota",
    "screen_links": "Tickets vinculados",
    "screen_contact": "Cliente",
    "screen_state": "Status e prioridade",
    "screen_with": "Está com",
    "screen_opened": "Aberto",
    "screen_updated": "Última alteração",
    "screen_due": "Próximo prazo",
    "screen_messages": "Mensagens",
    "step_tags": "etiquetas alteradas",
    "step_classified": "prioridade alterada",
    "step_merged": "juntado",
    "step_took_in": "incorporou",
    "step_split": "dividido",
    "step_linked": "vinculado",
    "step_unlinked": "vínculo desfeito",
    "help_merge": "junta este ticket a outro",
    "help_unmerge": "faz dele um ticket à parte de novo",
    "help_split": "faz da última mensagem do cliente, e do que veio depois, um ticket à parte",
    "help_link": "vincula a outro ticket",
    "help_unlink": "desfaz o vínculo",
    "help_note": "escreve uma nota interna",
    "help_contact": "quem é o cliente: endereços, idioma, etiquetas, outros tickets abertos",
    "help_history": "o que aconteceu, em uma só tela",
    "help_summary": "o ticket em uma só tela",
    "help_why": "diz que regras se aplicaram a este ticket e por quê; com o nome de uma regra, por que se aplicou ou não",
    "why_fired": "O que as regras fizeram aqui:",
    "why_none": "Nenhuma regra se aplicou a este ticket.",
    "why_unknown": "Aqui não foi avaliada nenhuma regra com esse nome: {rule}.",
    "why_did": "mensagem {number}: aplicou-se, {because}",
    "why_did_not": "mensagem {number}: não se aplicou, {because}",
}
